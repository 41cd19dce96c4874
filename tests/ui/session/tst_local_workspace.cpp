// SPDX-License-Identifier: Apache-2.0
// The life of the bundled server as the console sees it, with small programs in its place: what a
// real one does is the subject of tests/e2e/console.
#include "ui/session/LocalWorkspace.h"

#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"

#include <QDir>
#include <QFile>
#include <QLocalServer>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using State = ui::LocalWorkspace::State;

class LocalWorkspaceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void readyLineMakesItReadyAndStopEndsTheChild();
    void runningServerIsAdoptedAndLeftRunning();
    void leftOverSocketFileIsNotMistakenForAServer();
    void serverThatEndsFailsWithItsLog();
    void serverThatNeverAnswersFailsAtTheDeadline();
    void serverThatDoesNotStopIsEndedHard();
    void missingProgramSaysWhatToInstall();
    void crashAfterReadyIsNoticedAndItStartsAgain();

private:
    /// A shell script in the server's place.
    ui::LocalWorkspace::Options script(const QByteArray& body);

    QString m_folder;
};

void LocalWorkspaceTest::init()
{
    m_folder = test::makeWorkFolder();
}

void LocalWorkspaceTest::cleanup()
{
    QDir(m_folder).removeRecursively();
}

ui::LocalWorkspace::Options LocalWorkspaceTest::script(const QByteArray& body)
{
    ui::LocalWorkspace::Options options;
    options.program = m_folder + QStringLiteral("/server.sh");
    options.dataDir = m_folder + QStringLiteral("/data");
    QFile file(options.program);
    if (file.open(QIODevice::WriteOnly)) {
        file.write("#!/bin/sh\n" + body);
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    return options;
}

void LocalWorkspaceTest::readyLineMakesItReadyAndStopEndsTheChild()
{
    ui::LocalWorkspace workspace(script(R"(
echo "starting the database" >&2
echo "$@" > "$3/arguments"
echo "ready grpc=127.0.0.1:1 http=127.0.0.1:2 socket=$3/pilothouse.sock"
trap 'exit 0' TERM
while :; do sleep 0.05; done
)"));
    workspace.start();
    QCOMPARE(workspace.state(), State::Starting);
    QTRY_COMPARE_WITH_TIMEOUT(workspace.state(), State::Ready, 10000);
    QVERIFY(!workspace.isAdopted());
    QCOMPARE(
        workspace.address(),
        QStringLiteral("unix:") + m_folder + QStringLiteral("/data/pilothouse.sock"));
    QTRY_VERIFY(workspace.log().contains(QStringLiteral("starting the database")));
    workspace.start();
    QCOMPARE(workspace.state(), State::Ready);
    workspace.stop();
    QCOMPARE(workspace.state(), State::Stopping);
    QTRY_COMPARE_WITH_TIMEOUT(workspace.state(), State::Stopped, 10000);
    QFile arguments(m_folder + QStringLiteral("/data/arguments"));
    QVERIFY(arguments.open(QIODevice::ReadOnly));
    QVERIFY(arguments.readAll().startsWith("run --data-dir "));
}

void LocalWorkspaceTest::runningServerIsAdoptedAndLeftRunning()
{
    auto options = script("exit 9\n");
    QVERIFY(QDir().mkpath(options.dataDir));
    QLocalServer server;
    QVERIFY(server.listen(options.dataDir + QStringLiteral("/pilothouse.sock")));
    ui::LocalWorkspace workspace(options);
    workspace.start();
    QTRY_COMPARE_WITH_TIMEOUT(workspace.state(), State::Ready, 10000);
    QVERIFY(workspace.isAdopted());
    workspace.stop();
    QCOMPARE(workspace.state(), State::Stopped);
    QVERIFY(server.isListening());
}

void LocalWorkspaceTest::leftOverSocketFileIsNotMistakenForAServer()
{
    auto options = script("echo 'ready grpc=a:1 http=b:2 socket=/s'\nexec sleep 60\n");
    QVERIFY(QDir().mkpath(options.dataDir));
    QFile stale(options.dataDir + QStringLiteral("/pilothouse.sock"));
    QVERIFY(stale.open(QIODevice::WriteOnly));
    stale.close();
    ui::LocalWorkspace workspace(options);
    workspace.start();
    QTRY_COMPARE_WITH_TIMEOUT(workspace.state(), State::Ready, 10000);
    QVERIFY(!workspace.isAdopted());
}

void LocalWorkspaceTest::serverThatEndsFailsWithItsLog()
{
    ui::LocalWorkspace workspace(script("echo 'the disk is full' >&2\nexit 3\n"));
    workspace.start();
    QTRY_COMPARE_WITH_TIMEOUT(workspace.state(), State::Failed, 10000);
    QVERIFY(describe(workspace.error()).find("exit code 3") != std::string::npos);
    QVERIFY(workspace.log().contains(QStringLiteral("the disk is full")));
}

void LocalWorkspaceTest::serverThatNeverAnswersFailsAtTheDeadline()
{
    auto options = script("exec sleep 60\n");
    options.startDeadlineMs = 200;
    ui::LocalWorkspace workspace(options);
    workspace.start();
    QTRY_COMPARE_WITH_TIMEOUT(workspace.state(), State::Failed, 10000);
    QCOMPARE(workspace.error().code(), absl::StatusCode::kDeadlineExceeded);
}

void LocalWorkspaceTest::serverThatDoesNotStopIsEndedHard()
{
    auto options = script(
        "trap '' TERM\necho 'ready grpc=a:1 http=b:2 socket=/s'\nwhile :; do sleep 0.05; done\n");
    options.stopDeadlineMs = 200;
    ui::LocalWorkspace workspace(options);
    workspace.start();
    QTRY_COMPARE_WITH_TIMEOUT(workspace.state(), State::Ready, 10000);
    workspace.stop();
    QTRY_COMPARE_WITH_TIMEOUT(workspace.state(), State::Stopped, 10000);
}

void LocalWorkspaceTest::missingProgramSaysWhatToInstall()
{
    auto options = script("");
    options.program = m_folder + QStringLiteral("/absent");
    ui::LocalWorkspace workspace(options);
    workspace.start();
    QTRY_COMPARE_WITH_TIMEOUT(workspace.state(), State::Failed, 10000);
    QVERIFY(describe(workspace.error()).find("absent") != std::string::npos);
}

void LocalWorkspaceTest::crashAfterReadyIsNoticedAndItStartsAgain()
{
    ui::LocalWorkspace workspace(script(R"(
echo "ready grpc=a:1 http=b:2 socket=/s"
if [ -e "$3/second" ]; then exec sleep 60; fi
touch "$3/second"
kill -9 $$
)"));
    workspace.start();
    QTRY_COMPARE_WITH_TIMEOUT(workspace.state(), State::Failed, 10000);
    workspace.start();
    QTRY_COMPARE_WITH_TIMEOUT(workspace.state(), State::Ready, 10000);
}

QTEST_GUILESS_MAIN(LocalWorkspaceTest)
#include "tst_local_workspace.moc"
