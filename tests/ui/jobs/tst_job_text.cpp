// SPDX-License-Identifier: Apache-2.0
// What the console says of jobs: progress, command lines, what may be opened.
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/jobs/JobsWorld.h"
#include "ui/jobs/CtlCommand.h"
#include "ui/jobs/JobText.h"

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

class JobTextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void progressSaysWhatIsKnown_data()
    {
        QTest::addColumn<double>("fraction");
        QTest::addColumn<int>("tasks");
        QTest::addColumn<QString>("text");
        QTest::newRow("fraction") << 0.629 << 3 << QStringLiteral("62 %");
        QTest::newRow("tasks only") << -1.0 << 3 << QStringLiteral("1 of 3");
        QTest::newRow("nothing") << -1.0 << 1 << QStringLiteral("–");
    }
    void progressSaysWhatIsKnown()
    {
        QFETCH(double, fraction);
        QFETCH(int, tasks);
        QFETCH(QString, text);
        jobs::Job one = makeJob("a", jobs::JobState::Running);
        one.progress.fraction = fraction;
        one.progress.tasksTotal = tasks;
        QCOMPARE(spaced(progressText(one)), text);
    }

    void commandsAreQuotedForAShell_data()
    {
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("line");
        QTest::newRow("plain") << QStringLiteral("before")
                               << QStringLiteral("pilothousectl jobs run k name=before");
        QTest::newRow("blank") << QStringLiteral("before release")
                               << QStringLiteral("pilothousectl jobs run k 'name=before release'");
        QTest::newRow("quote") << QStringLiteral("o'brien; rm -rf /")
                               << QStringLiteral(
                                      "pilothousectl jobs run k 'name=o'\\''brien; rm -rf "
                                      "/'");
    }
    void commandsAreQuotedForAShell()
    {
        QFETCH(QString, value);
        QFETCH(QString, line);
        QCOMPARE(runCommand("k", {{"name", value.toStdString()}}), line);
    }

    void onlyWhatMayBeShownIsOpened_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("extension");
        QTest::newRow("page") << QStringLiteral("text/html; charset=utf-8")
                              << QStringLiteral("html");
        QTest::newRow("script") << QStringLiteral("application/x-sh") << QString();
        QTest::newRow("desktop file") << QStringLiteral("application/x-desktop") << QString();
    }
    void onlyWhatMayBeShownIsOpened()
    {
        QFETCH(QString, type);
        QFETCH(QString, extension);
        QCOMPARE(openExtension({"report", type.toStdString(), 1, kNow}), extension);
    }
};

PILOTHOUSE_UI_TEST_MAIN(JobTextTest)
#include "tst_job_text.moc"
