// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/components/Card.h"
#include "ui/components/Format.h"
#include "ui/components/JobProgress.h"
#include "ui/components/JobStages.h"

#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QVBoxLayout>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

class StoppedClock final : public Clock
{
public:
    absl::Time time = absl::FromUnixSeconds(1'795'271'400);
    absl::Time now() const override { return time; }
    absl::Duration monotonic() const override { return time - absl::UnixEpoch(); }
};

} // namespace

class JobProgressTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme.applyTo(GuardedApplication::instance()); }
    void cleanup() { m_theme.setMode(ThemeMode::Dark); }

    void estimateWaitsUntilItIsStable_data();
    void estimateWaitsUntilItIsStable();
    void estimateStartsOverWhenAStageIsRetried();
    void agesHaveOneUnit_data();
    void agesHaveOneUnit();
    void saysHowFarAndHowLong();
    void unknownIsSaidHonestly();
    void cancelSaysWhatItLeavesBehind();
    void theEndIsSaidOnce();
    void manyStagesShowTheOneThatRuns();
    void looksRight_data();
    void looksRight();

private:
    JobView job() const
    {
        JobView view;
        view.id = QStringLiteral("7");
        view.title = QStringLiteral("Migrate tenants to version 42");
        view.phase = JobView::Phase::Running;
        view.stages = {
            {QStringLiteral("Check the plan"), JobStage::State::Done, {}},
            {QStringLiteral("Canaries"), JobStage::State::Done, QStringLiteral("12 of 12")},
            {QStringLiteral("All tenants"), JobStage::State::Running, QStringLiteral("attempt 1")},
            {QStringLiteral("Report"), JobStage::State::Waiting, {}}};
        view.done = 1240;
        view.total = 2000;
        view.unit = QStringLiteral("tenants");
        view.started = m_clock.time - absl::Seconds(182);
        view.canCancel = true;
        view.cancelNote = QStringLiteral("Tenants done so far stay migrated.");
        view.logTail = {
            QStringLiteral("14:29:56 tenant t-1237 migrated in 24 ms"),
            QStringLiteral("14:29:57 tenant t-1238 waits for a lock on orders"),
            QStringLiteral("14:29:58 tenant t-1238 migrated in 1.2 s")};
        return view;
    }

    StoppedClock m_clock;
    Theme m_theme;
};

void JobProgressTest::estimateWaitsUntilItIsStable_data()
{
    QTest::addColumn<QList<double>>("perSecond");
    QTest::addColumn<bool>("known");
    QTest::addColumn<double>("rate");
    QTest::newRow("nothing yet") << QList<double>{} << false << 0.0;
    QTest::newRow("too short") << QList<double>(3, 10.0) << false << 0.0;
    QTest::newRow("steady") << QList<double>(20, 10.0) << true << 10.0;
    QTest::newRow("standing") << QList<double>(20, 0.0) << false << 0.0;
    QTest::newRow("stopped") << QList<double>(10, 10.0) + QList<double>(10, 0.0) << false << 0.0;
    QTest::newRow("three times faster")
        << QList<double>(10, 10.0) + QList<double>(10, 30.0) << false << 0.0;
    QTest::newRow("a little faster")
        << QList<double>(10, 10.0) + QList<double>(10, 15.0) << true << 12.5;
    QTest::newRow("only the last half minute counts")
        << QList<double>(100, 100.0) + QList<double>(40, 10.0) << true << 10.0;
}

void JobProgressTest::estimateWaitsUntilItIsStable()
{
    QFETCH(QList<double>, perSecond);
    QFETCH(bool, known);
    QFETCH(double, rate);
    ProgressEstimate estimate;
    absl::Time now = m_clock.time;
    double done = 0;
    for (const double step : perSecond) {
        estimate.add(now, done);
        now += absl::Seconds(1);
        done += step;
    }
    if (!perSecond.isEmpty()) {
        estimate.add(now, done);
    }
    QCOMPARE(estimate.rate().has_value(), known);
    if (known) {
        QVERIFY(std::abs(*estimate.rate() - rate) < 0.5);
        const auto left = estimate.remaining(done + 100);
        QVERIFY(left.has_value());
        QVERIFY(std::abs(absl::ToDoubleSeconds(*left) - 100 / rate) < 1);
    }
}

void JobProgressTest::estimateStartsOverWhenAStageIsRetried()
{
    ProgressEstimate estimate;
    for (int second = 0; second < 20; ++second) {
        estimate.add(m_clock.time + absl::Seconds(second), second);
    }
    QVERIFY(estimate.rate().has_value());
    estimate.add(m_clock.time + absl::Seconds(20), 0);
    QVERIFY(!estimate.rate().has_value());
}

void JobProgressTest::agesHaveOneUnit_data()
{
    QTest::addColumn<double>("seconds");
    QTest::addColumn<QString>("text");
    QTest::newRow("now") << 0.4 << QStringLiteral("0 s");
    QTest::newRow("seconds") << 119.0 << QStringLiteral("119 s");
    QTest::newRow("minutes") << 605.0 << QStringLiteral("10 m");
    QTest::newRow("hours") << 7.9 * 3600 << QStringLiteral("7 h");
    QTest::newRow("days") << 86400.0 * 3 << QStringLiteral("3 d");
}

void JobProgressTest::agesHaveOneUnit()
{
    QFETCH(double, seconds);
    QFETCH(QString, text);
    QCOMPARE(formatAge(seconds).replace(QChar(0x2009), QLatin1Char(' ')), text);
}

void JobProgressTest::saysHowFarAndHowLong()
{
    JobProgress progress(m_theme, m_clock);
    JobView view = job();
    progress.setJob(view);
    const auto text = [&] { return progress.factsText().replace(QChar(0x2009), QLatin1Char(' ')); };
    QCOMPARE(text(), QStringLiteral("62 % · 1 240 of 2 000 tenants · 3 m 2 s so far"));
    for (int second = 0; second < 20; ++second) {
        m_clock.time += absl::Seconds(1);
        view.done += 4;
        progress.setJob(view);
    }
    QCOMPARE(
        text(),
        QStringLiteral(
            "66 % · 1 320 of 2 000 tenants · 4 /s · about 2 m 50 s left · 3 m 22 s so far"));
    view.done = 1999.9;
    progress.setJob(view);
    QVERIFY2(text().startsWith(QStringLiteral("99 %")), "100 % only when it is done");
    view.phase = JobView::Phase::Succeeded;
    view.done = 2000;
    view.ended = m_clock.time;
    progress.setJob(view);
    QCOMPARE(text(), QStringLiteral("100 % · 2 000 of 2 000 tenants · took 3 m 22 s"));
}

void JobProgressTest::unknownIsSaidHonestly()
{
    JobProgress progress(m_theme, m_clock);
    progress.show();
    JobView view = job();
    view.total.reset();
    progress.setJob(view);
    QVERIFY(progress.factsText().startsWith(QStringLiteral("how far is not known")));
    QVERIFY(!progress.findChild<QProgressBar*>()->isVisible());
}

void JobProgressTest::cancelSaysWhatItLeavesBehind()
{
    JobProgress progress(m_theme, m_clock);
    progress.show();
    progress.setJob(job());
    const QSignalSpy cancelled(&progress, &JobProgress::cancelRequested);
    auto* cancel = progress.findChild<QPushButton*>();
    QCOMPARE(cancel->accessibleDescription(), job().cancelNote);
    QTest::keyClick(cancel, Qt::Key_Space);
    QCOMPARE(cancelled.size(), 1);
    JobView stuck = job();
    stuck.canCancel = false;
    stuck.cancelNote = QStringLiteral("It is being cancelled.");
    progress.setJob(stuck);
    QVERIFY(!cancel->isEnabled());
    QVERIFY(cancel->isVisible());
    stuck.phase = JobView::Phase::Failed;
    progress.setJob(stuck);
    QVERIFY(!cancel->isVisible());
}

void JobProgressTest::theEndIsSaidOnce()
{
    JobProgress progress(m_theme, m_clock);
    progress.setJob(job());
    QVERIFY(progress.accessibleDescription().isEmpty());
    JobView ended = job();
    ended.phase = JobView::Phase::Failed;
    ended.message = QStringLiteral("Lock timeout on orders.");
    progress.setJob(ended);
    QCOMPARE(
        progress.accessibleDescription(),
        QStringLiteral("Migrate tenants to version 42: Failed. Lock timeout on orders."));
    // One that was over when it was opened is no news.
    ended.id = QStringLiteral("8");
    progress.setJob(ended);
    QVERIFY(progress.accessibleDescription().isEmpty());
}

void JobProgressTest::manyStagesShowTheOneThatRuns()
{
    JobStages stages(m_theme);
    std::vector<JobStage> many(200, {QStringLiteral("early"), JobStage::State::Done, {}});
    many[150] = {QStringLiteral("the one"), JobStage::State::Running, {}};
    stages.setStages(many);
    QVERIFY(stages.spoken().contains(QStringLiteral("the one running")));
    QVERIFY(stages.sizeHint().height() < 400);
}

void JobProgressTest::looksRight_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("phase");
    const int dark = static_cast<int>(ThemeMode::Dark);
    const int light = static_cast<int>(ThemeMode::Light);
    QTest::newRow("running-dark") << dark << static_cast<int>(JobView::Phase::Running);
    QTest::newRow("running-light") << light << static_cast<int>(JobView::Phase::Running);
    QTest::newRow("failed-dark") << dark << static_cast<int>(JobView::Phase::Failed);
    QTest::newRow("done-light") << light << static_cast<int>(JobView::Phase::Succeeded);
}

void JobProgressTest::looksRight()
{
    QFETCH(int, mode);
    QFETCH(int, phase);
    m_theme.setMode(static_cast<ThemeMode>(mode));
    Card card(m_theme, QStringLiteral("Job"));
    auto* progress = new JobProgress(m_theme, m_clock, &card);
    card.body()->addWidget(progress);
    JobView view = job();
    view.phase = static_cast<JobView::Phase>(phase);
    if (view.phase == JobView::Phase::Failed) {
        view.message = QStringLiteral(
            "Tenant t-1238: lock timeout on orders after 3 attempts. The other tenants are done; "
            "retry it when the long query has ended.");
        view.stages[2].state = JobStage::State::Failed;
        view.ended = m_clock.time;
    }
    progress->setJob(view);
    card.resize(460, 420);
    card.show();
    QVERIFY(QTest::qWaitForWindowExposed(&card));
    const QImage image =
        picture(card, QStringLiteral("job-") + QString::fromLatin1(QTest::currentDataTag()));
    QVERIFY(inkOf(image) > 0.02);
    QCOMPARE(unnamedFocusable(card), QStringList());
}

PILOTHOUSE_UI_TEST_MAIN(JobProgressTest)
#include "tst_job_progress.moc"
