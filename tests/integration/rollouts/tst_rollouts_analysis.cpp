// SPDX-License-Identifier: Apache-2.0
// Conditions on metrics, before and after a promotion, through the front door: a real server with
// its own metrics, a real HAProxy.
#include "tests/integration/rollouts/RolloutsTest.h"

#include <QDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 60000;

/// A [[rollouts.analyses]] table.
QString analysis(const QString& name, const QString& query, const QString& keys)
{
    return QStringLiteral(
               "[[rollouts.analyses]]\nname = \"%1\"\nquery = \"%2\"\ninterval = \"1s\"\n"
               "%3\n")
        .arg(name, query, keys);
}

} // namespace

class TestRolloutsAnalysis : public HaproxyRolloutsTest
{
    Q_OBJECT

public:
    TestRolloutsAnalysis() : HaproxyRolloutsTest(kPatience) {}

private:
    void serve(const QString& analyses)
    {
        TestServer::Options options;
        options.config = m_haproxy->config("compare = false\n") + analyses;
        launch(options);
    }

    v1::RolloutGate gate(const std::string& name)
    {
        const v1::RolloutApplication shop = m_probe->shop();
        for (const v1::RolloutGate& one : shop.gates()) {
            if (one.name() == name) {
                return one;
            }
        }
        return {};
    }

private Q_SLOTS:
    void beforeThePromotion_data()
    {
        QTest::addColumn<QString>("analyses");
        QTest::addColumn<int>("step");
        QTest::addColumn<QString>("says");
        const auto row =
            [](const char* name, const QString& analyses, v1::RolloutStep step, const char* says) {
                QTest::newRow(name) << analyses << static_cast<int>(step) << says;
            };
        const QString three = "count = 3\nsuccess_condition = \"result >= 0.95\"";
        row("holds",
            analysis("rate", "vector(0.97)", three),
            v1::ROLLOUT_STEP_AWAITING_PROMOTION,
            "the analysis is successful");
        row("does not hold",
            analysis("rate", "vector(0.9)", three),
            v1::ROLLOUT_STEP_ABORTED,
            "the analysis failed: rate: 1 of 3 measured, 1 failed; last 0.9");
        row("one of its series does not",
            analysis("rate", "vector(0.97) or label_replace(vector(0.1), 'a', 'b', '', '')", three),
            v1::ROLLOUT_STEP_ABORTED,
            "last 0.97, 0.1");
        row("no series",
            analysis("rate", "nothing_has_this_name", three + "\nconsecutive_error_limit = 1"),
            v1::ROLLOUT_STEP_ABORTED,
            "the analysis is in error: rate: 0 of 3 measured, 2 errors in a row; last the query "
            "has no answer");
        row("neither good nor bad",
            analysis(
                "rate",
                "vector(3)",
                "success_condition = \"result > 5\"\nfailure_condition = \"result < 1\""),
            v1::ROLLOUT_STEP_AWAITING_PROMOTION,
            "a person decides: rate: 1 of 5 measured, 1 inconclusive");
        row("without consequences",
            analysis("rate", "vector(0.9)", three + "\ndry_run = true"),
            v1::ROLLOUT_STEP_AWAITING_PROMOTION,
            "the analysis is successful");
        // The candidate is green.
        row("of the candidate",
            analysis(
                "side",
                "label_replace(vector(1), 'side', '$candidate', '', '') and on(side) "
                "label_replace(vector(1), 'side', 'green', '', '')",
                "count = 1\nsuccess_condition = \"result == 1\""),
            v1::ROLLOUT_STEP_AWAITING_PROMOTION,
            "the analysis is successful");
    }

    void beforeThePromotion()
    {
        QFETCH(QString, analyses);
        QFETCH(int, step);
        QFETCH(QString, says);
        serve(analyses);
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(static_cast<v1::RolloutStep>(step)));
        const std::string message = m_probe->shop().rollout().message();
        QVERIFY2(QString::fromStdString(message).contains(says), message.c_str());
        QCOMPARE(m_haproxy->active(), QString("blue"));
    }

    void anInconclusiveOneCanBeOverridden()
    {
        serve(analysis(
            "rate",
            "vector(3)",
            "success_condition = \"result > 5\"\nfailure_condition = \"result < 1\""));
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QVERIFY(waitUntil(
            [&] { return gate("analysis").result() == v1::RolloutGate::RESULT_FAILED; },
            kPatience));
        const auto refused = m_probe->promote();
        QVERIFY(absl::IsFailedPrecondition(refused.status));
        QVERIFY2(
            said(refused.status).find("analysis: rate") != std::string::npos,
            said(refused.status).c_str());
        const auto promoted = m_probe->promote("known: a holiday");
        QVERIFY2(promoted.status.ok(), said(promoted.status).c_str());
        QCOMPARE(m_haproxy->active(), QString("green"));
    }

    void afterThePromotionItIsGoneBack()
    {
        // Good until green has the traffic: what the server itself counts says so.
        serve(analysis(
            "switches",
            "sum(pilothouse_rollouts_switches_total{to='$candidate'}) or vector(0)",
            "stage = \"after\"\ncount = 0\nfailure_condition = \"result > 0\""));
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QVERIFY(gate("analysis").name().empty()); // there is none before
        QVERIFY(m_probe->promote().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
        QCOMPARE(m_haproxy->active(), QString("blue"));
        const std::string message = m_probe->shop().rollout().message();
        QVERIFY2(
            message.find("the analysis failed: switches: ") != std::string::npos, message.c_str());
    }

    void whatIsMeasuredOnIsShown()
    {
        serve(analysis(
            "calm",
            "vector(0)",
            "stage = \"after\"\ncount = 0\nfailure_condition = \"result > 0\""));
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QVERIFY(m_probe->promote().status.ok());
        QVERIFY(waitUntil(
            [&] { return m_probe->shop().analysis().detail().starts_with("calm: 2 measured"); },
            kPatience));
        QCOMPARE(m_probe->shop().analysis().phase(), v1::RolloutAnalysis::PHASE_RUNNING);
        const auto status = ctl({"rollouts", "status", "shop"});
        QVERIFY2(status.out.contains("analysis running: calm: "), qPrintable(status.out));
        QCOMPARE(m_probe->step(), v1::ROLLOUT_STEP_SWITCHED);
    }
};

QTEST_GUILESS_MAIN(TestRolloutsAnalysis)
#include "tst_rollouts_analysis.moc"
