// SPDX-License-Identifier: Apache-2.0
// Versions that the server starts and stops itself, through the front door: a real server, a real
// HAProxy, real processes behind it.
#include "tests/integration/rollouts/RolloutsTest.h"
#include "tests/support/rollouts/OwnHaproxy.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <csignal>
#include <set>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 60000;

pid_t processIn(const QString& answer)
{
    return static_cast<pid_t>(answer.section(QLatin1Char(' '), 1).toInt());
}

bool isRunning(pid_t pid)
{
    return pid > 0 && ::kill(pid, 0) == 0;
}

} // namespace

class TestRolloutsProcesses : public HaproxyRolloutsTest
{
    Q_OBJECT

public:
    TestRolloutsProcesses() : HaproxyRolloutsTest(kPatience) {}

protected:
    void makeWorld() override
    {
        HaproxyRolloutsTest::makeWorld();
        m_haproxy->stopBlue();
        m_haproxy->stopGreen();
        m_program = m_folder + QStringLiteral("/shop-server");
        QVERIFY(QFile::copy(
            QCoreApplication::applicationDirPath() + QStringLiteral("/side_server"), m_program));
    }
    void dropWorld() override
    {
        HaproxyRolloutsTest::dropWorld();
        // They outlive their server, as they should; not the test.
        for (const pid_t pid : m_seen) {
            ::kill(pid, SIGKILL);
        }
        m_seen.clear();
    }

private:
    QString m_program;
    /// Where the next server kills itself.
    QString m_faults;
    std::set<pid_t> m_seen;

    void serve(
        const QString& keys = {}, const QString& green = QStringLiteral("\"green\", \"{port}\""))
    {
        TestServer::Options options;
        options.folder = m_folder + QStringLiteral("/server");
        QDir().mkpath(options.folder);
        options.config = m_haproxy->config(
            QStringLiteral("compare = false\nblue_command = [\"%1\", \"blue\", \"{port}\"]\n"
                           "green_command = [\"%1\", %2]\n%3%4")
                .arg(
                    m_program,
                    green,
                    ::geteuid() == 0 ? QStringLiteral("run_as = \"root\"\n") : QString(),
                    keys));
        options.faults = m_faults;
        launch(options);
    }

    QString live()
    {
        QString answer = answerOn(m_haproxy->livePort());
        if (const pid_t pid = processIn(answer); pid > 0) {
            m_seen.insert(pid);
        }
        return answer;
    }
    QString preview()
    {
        QString answer = answerOn(m_haproxy->previewPort());
        if (const pid_t pid = processIn(answer); pid > 0) {
            m_seen.insert(pid);
        }
        return answer;
    }
    bool answers(const QString& side)
    {
        return waitUntil([&] { return live().startsWith(side); }, kPatience);
    }
    QString problem() { return QString::fromStdString(m_probe->shop().problem()); }

private Q_SLOTS:
    void bothVersionsAreStartedAndTheOldOneIsStopped()
    {
        serve("keep_warm = \"2s\"\ndrain_most = \"1s\"\n");
        QVERIFY2(answers("blue"), qPrintable(problem()));
        const pid_t blue = processIn(live());
        // Nobody has asked for the other one.
        QCOMPARE(m_probe->shop().observation().green().servers_up(), 0);
        QVERIFY(m_probe->start("2.4.0").status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QVERIFY(preview().startsWith("green"));
        const auto promoted = m_probe->promote();
        QVERIFY2(promoted.status.ok(), said(promoted.status).c_str());
        QVERIFY(live().startsWith("green"));
        QVERIFY(isRunning(blue));
        QVERIFY(reaches(v1::ROLLOUT_STEP_DONE));
        QVERIFY(waitUntil([&] { return !isRunning(blue); }, kPatience));
        QVERIFY(live().startsWith("green"));
        const auto receipt = m_probe->receipt(promoted.value.rollout().id());
        QStringList kinds;
        for (const auto& event : receipt.value.events()) {
            kinds << QString::fromStdString(event.kind());
        }
        QCOMPARE(
            kinds,
            (QStringList{
                "started",
                "servers",
                "preview-ready",
                "awaiting-promotion",
                "promoted",
                "switched",
                "draining",
                "done"}));
        QVERIFY(QString::fromStdString(receipt.value.events().rbegin()->message())
                    .endsWith("the servers of blue are stopped"));
    }

    void theyOutliveTheServerAndAreStartedAgain()
    {
        serve();
        QVERIFY2(answers("blue"), qPrintable(problem()));
        const pid_t first = processIn(live());
        m_server->kill();
        QCOMPARE(processIn(live()), first);
        serve();
        QVERIFY(waitUntil(
            [&] {
                return m_probe->shop().observation().blue().servers().find("shop-server") !=
                       std::string::npos;
            },
            kPatience));
        QCOMPARE(processIn(live()), first);
        // Not a child of this server, and found dead all the same.
        ::kill(first, SIGKILL);
        QVERIFY(waitUntil([&] { return processIn(live()) > first; }, kPatience));
        QVERIFY2(problem().contains("blue1 ended and is started again"), qPrintable(problem()));
        // A child of this one.
        const pid_t second = processIn(live());
        ::kill(second, SIGKILL);
        QVERIFY(waitUntil([&] { return processIn(live()) > second; }, kPatience));
        QVERIFY2(problem().contains("ended by signal 9"), qPrintable(problem()));
    }

    void killedWhileItStartsOneThereAreNotTwo()
    {
        serve();
        QVERIFY2(answers("blue"), qPrintable(problem()));
        m_server->stop();
        m_faults = "rollouts.before_process=1";
        serve();
        m_faults.clear();
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
        // It had a process already, which must not begin without its server.
        serve();
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QVERIFY(preview().startsWith("green"));
        QVERIFY2(problem().isEmpty(), qPrintable(problem())); // nobody else has its port
    }

    void whatDoesNotStartIsTold_data()
    {
        QTest::addColumn<QString>("green");
        QTest::addColumn<QString>("says");
        QTest::newRow("ends at once")
            << "\"green\", \"{port}\", \"broken\""
            << "green1 ended with code 3 and is started again; its output";
    }
    void whatDoesNotStartIsTold()
    {
        QFETCH(const QString, green);
        QFETCH(const QString, says);
        serve({}, green);
        QVERIFY2(answers("blue"), qPrintable(problem()));
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(waitUntil([&] { return problem().contains(says); }, kPatience));
        QCOMPARE(m_probe->step(), v1::ROLLOUT_STEP_PLANNED);
        QFile log(problem().section(" is in ", 1).section("\n", 0, 0).section(" (", 0, 0));
        QVERIFY2(log.open(QIODevice::ReadOnly), qPrintable(log.fileName()));
        QVERIFY(log.readAll().contains("this version does not start"));
        // Given up, it is not started any more, and nothing is wrong.
        QVERIFY(m_probe->abort().status.ok());
        QVERIFY(waitUntil([&] { return problem().isEmpty(); }, kPatience));
    }

    void anotherProgramIsAnotherCandidate()
    {
        serve();
        QVERIFY2(answers("blue"), qPrintable(problem()));
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        const pid_t first = processIn(preview());
        v1::PromoteRolloutRequest promote;
        promote.set_application("shop");
        promote.set_validate_only(true);
        const auto plan = call(m_probe->stub(), &RolloutProbe::Stub::PromoteRollout, promote);
        QVERIFY(plan.status.ok());
        // Somebody deploys once more while the plan is looked at.
        QVERIFY(QFile::remove(m_program));
        QVERIFY(QFile::copy(
            QCoreApplication::applicationDirPath() + QStringLiteral("/side_server"), m_program));
        ::kill(first, SIGKILL);
        QVERIFY(waitUntil([&] { return processIn(preview()) > first; }, kPatience));
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        promote.set_validate_only(false);
        promote.mutable_confirmation()->set_plan_digest(plan.value.plan().digest());
        const auto promoted = call(m_probe->stub(), &RolloutProbe::Stub::PromoteRollout, promote);
        QVERIFY(absl::IsFailedPrecondition(promoted.status));
        QVERIFY(live().startsWith("blue"));
    }
};

QTEST_GUILESS_MAIN(TestRolloutsProcesses)
#include "tst_rollouts_processes.moc"
