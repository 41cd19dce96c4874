// SPDX-License-Identifier: Apache-2.0
#include "server/platform/process/ChildProcess.h"
#include "server/platform/process/Folders.h"
#include "server/platform/process/Supervisor.h"
#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <csignal>
#include <mutex>
#include <thread>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::platform;
using system::HealthState;

class TestProcess : public QObject
{
    Q_OBJECT

private:
    QString m_folder;

    static Command shell(const char* script)
    {
        Command command;
        command.program = "/bin/sh";
        command.arguments = {"-c", script};
        return command;
    }

    Command logged(const char* script) const
    {
        Command command = shell(script);
        command.logFile = (m_folder + QStringLiteral("/log")).toStdString();
        return command;
    }

private Q_SLOTS:
    void init() { m_folder = test::makeWorkFolder(); }
    void cleanup() { QDir(m_folder).removeRecursively(); }

    void outputAndExitCodeComeBack()
    {
        const auto result = runCommand(shell("echo out; echo err >&2; exit 3"), absl::Seconds(10));
        QVERIFY(result.ok());
        QCOMPARE(result->exit.code, 3);
        QCOMPARE(result->output, std::string("out\nerr\n"));
        const auto killed = runCommand(shell("kill -9 $$"), absl::Seconds(10));
        QCOMPARE(killed->exit.signal, SIGKILL);
        QVERIFY(killed->exit.text().find("signal 9") != std::string::npos);
    }

    void environmentAndOpenFilesAreNotInherited()
    {
        qputenv("PILOTHOUSE_SECRET", "x");
        QFile open(m_folder + QStringLiteral("/open"));
        QVERIFY(open.open(QIODevice::WriteOnly));
        const int plain = dup(open.handle()); // without close-on-exec
        Command command =
            shell("env; ls /proc/self/fd | wc -l; cat; pwd; ps -o sid= -p $$; echo $$");
        command.environment = {{"GIVEN", "y"}};
        const auto result = runCommand(command, absl::Seconds(10));
        ::close(plain);
        const QString output = QString::fromStdString(result->output);
        QVERIFY(!output.contains(QStringLiteral("PILOTHOUSE_SECRET")));
        QVERIFY(output.contains(QStringLiteral("GIVEN=y\n")));
        QVERIFY(
            output.contains(QStringLiteral("\n4\n/\n"))); // 0, 1, 2 and the folder that ls reads
        const QStringList lines = output.trimmed().split(QLatin1Char('\n'));
        QCOMPARE(lines[lines.size() - 2].trimmed(), lines.last().trimmed());
    }

    void lateProgramIsKilledWithItsChildren()
    {
        const auto result =
            runCommand(shell("sleep 60 & echo $! >&2; wait"), absl::Milliseconds(200));
        QCOMPARE(result.status().code(), absl::StatusCode::kDeadlineExceeded);
    }

    void longOutputKeepsItsEnd()
    {
        const auto result = runCommand(
            shell("head -c 1000000 /dev/zero | tr '\\0' x; echo end"), absl::Seconds(20));
        QVERIFY(result.ok());
        QVERIFY(result->output.size() <= 128 << 10);
        QVERIFY(result->output.ends_with("end\n"));
    }

    void failedStartSaysTheStep()
    {
        Command absent = shell("");
        absent.program = "/nonexistent/program";
        const auto first = runCommand(absent, absl::Seconds(5));
        QCOMPARE(first.status().code(), absl::StatusCode::kNotFound);
        QVERIFY(
            first.status().message().find("cannot run /nonexistent/program") != std::string::npos);
        Command nowhere = shell("true");
        nowhere.folder = "/nonexistent";
        QVERIFY(
            runCommand(nowhere, absl::Seconds(5))
                .status()
                .message()
                .find("cannot enter /nonexistent") != std::string::npos);
        Command unlogged = shell("true");
        unlogged.logFile = "/nonexistent/log";
        QVERIFY(
            ChildProcess::start(unlogged).status().message().find(
                "cannot write /nonexistent/log") != std::string::npos);
    }

    void rootBecomesAnotherUserCompletely()
    {
        if (geteuid() != 0) {
            QSKIP("only root can change users");
        }
        Command command = shell("id -u; id -g; id -G");
        command.account = *findAccount("nobody");
        const auto result = runCommand(command, absl::Seconds(10));
        QCOMPARE(
            QString::fromStdString(result->output),
            QStringLiteral("%1\n%2\n%2\n").arg(command.account->uid).arg(command.account->gid));
    }

    void stopIsPoliteThenNot()
    {
        auto polite = ChildProcess::start(
            logged("trap 'exit 7' TERM; echo up; while :; do sleep 0.01; done"));
        const QString log = m_folder + QStringLiteral("/log");
        const auto isUp = [&] {
            QFile file(log);
            return file.open(QIODevice::ReadOnly) && file.readAll().contains("up");
        };
        QVERIFY(test::waitUntil(isUp));
        QCOMPARE(polite->stop(SIGTERM, absl::Seconds(10)).code, 7);
        QFile::remove(log);
        auto deaf =
            ChildProcess::start(logged("trap '' TERM; echo up; while :; do sleep 0.01; done"));
        QVERIFY(test::waitUntil(isUp));
        QCOMPARE(deaf->stop(SIGTERM, absl::Milliseconds(100)).signal, SIGKILL);
    }

    void childDiesWithTheThreadThatStartedIt()
    {
        std::optional<ChildProcess> child;
        std::thread starter([&] {
            Command command = logged("sleep 60");
            command.diesWithParent = true;
            child.emplace(std::move(*ChildProcess::start(command)));
        });
        starter.join();
        QVERIFY(child->handle().waitForEnd(absl::Seconds(10)));
        QCOMPARE(child->exit()->signal, SIGKILL);
    }

    void handleKnowsTheEndOfForeignProcesses()
    {
        const ProcessHandle self(getpid());
        QVERIFY(!self.hasEnded());
        QVERIFY(!self.waitForEnd(absl::Milliseconds(20)));
        auto child = ChildProcess::start(logged("exit 0"));
        const ProcessHandle other(child->handle().pid());
        QVERIFY(other.waitForEnd(absl::Seconds(10)));
        child->exit();
        QVERIFY(!other.signal(SIGTERM));
        QVERIFY(ProcessHandle(-1).hasEnded());
    }

    void supervisorStartsAgainAndReports()
    {
        std::mutex mutex;
        std::vector<HealthState> states;
        Supervisor::Options options;
        options.name = "demo";
        options.command = logged("sleep 60");
        options.isReady = [] { return true; };
        options.onChange = [&](const system::ComponentHealth& health) {
            const std::lock_guard lock(mutex);
            states.push_back(health.state);
        };
        Supervisor supervisor(options);
        QVERIFY(test::waitUntil([&] { return supervisor.health().state == HealthState::Healthy; }));
        const pid_t first = supervisor.pid();
        QVERIFY(first > 0);
        QCOMPARE(kill(first, SIGKILL), 0);
        QVERIFY(test::waitUntil([&] { return supervisor.pid() > 0 && supervisor.pid() != first; }));
        QVERIFY(test::waitUntil([&] { return supervisor.health().state == HealthState::Healthy; }));
        const std::lock_guard lock(mutex);
        QCOMPARE(
            states,
            (std::vector{HealthState::Healthy, HealthState::Degraded, HealthState::Healthy}));
    }

    void supervisorOfAProgramThatNeverStartsIsUnhealthyAndStops()
    {
        Supervisor::Options options;
        options.name = "demo";
        options.command = logged("exit 1");
        options.isReady = [] { return false; };
        Supervisor supervisor(options);
        QVERIFY(
            test::waitUntil([&] { return supervisor.health().state == HealthState::Unhealthy; }));
        QVERIFY(supervisor.health().message.find("ended with code 1") != std::string::npos);
    }

    void privateFileIsReplacedWhole()
    {
        const auto account = *findAccount(geteuid());
        const std::filesystem::path file = (m_folder + QStringLiteral("/f")).toStdString();
        QVERIFY(writePrivateFile(file, "one", account).ok());
        QVERIFY(writePrivateFile(file, "two", account).ok());
        QFile read(QString::fromStdString(file.string()));
        QVERIFY(read.open(QIODevice::ReadOnly));
        QCOMPARE(read.readAll(), QByteArray("two"));
        QCOMPARE(
            read.permissions() & (QFileDevice::ReadGroup | QFileDevice::ReadOther),
            QFileDevice::Permissions());
        QVERIFY(!writePrivateFile("/nonexistent/f", "x", account).ok());
    }
};

QTEST_GUILESS_MAIN(TestProcess)
#include "tst_Process.moc"
