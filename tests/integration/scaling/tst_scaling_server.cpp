// SPDX-License-Identifier: Apache-2.0
// Policies that recommend, and simulation over recorded metrics: a real server with its own
// metrics.
#include "tests/integration/scaling/ScalingTest.h"

#include <QDateTime>
#include <QTest>

#include <algorithm>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

/// Two instances, a hundred for each.
QString policy(const QString& keys = {})
{
    return QStringLiteral("[[scaling.policies]]\nname = \"shop\"\ntitle = \"The shop\"\n"
                          "ready_query = \"vector(2)\"\n%1")
               .arg(keys) +
           loadMetric(100);
}

} // namespace

class TestScalingServer : public ScalingTest
{
    Q_OBJECT

private:
    v1::SimulatePolicyRequest simulation()
    {
        v1::SimulatePolicyRequest request;
        request.set_policy("shop");
        request.mutable_start_time()->set_seconds(m_start.toSecsSinceEpoch());
        return request;
    }

    QDateTime m_start;

private Q_SLOTS:
    void init()
    {
        m_start = QDateTime::currentDateTimeUtc();
        beginTest();
    }
    void cleanup() { endTest(); }

    void recommends()
    {
        serve(policy());
        QVERIFY(ScalingTest::recommends(2));
        const v1::ScalingPolicyState calm = state();
        QCOMPARE(calm.policy().title(), std::string("The shop"));
        QCOMPARE(calm.policy().mode(), v1::SCALING_MODE_RECOMMEND);
        QCOMPARE(calm.policy().up().rates_size(), 2);
        QCOMPARE(calm.last().ready(), 2);
        QVERIFY(calm.problem().empty());
        setLoad(500);
        QVERIFY(ScalingTest::recommends(5));
        const v1::ScalingDecision last = state().last();
        QCOMPARE(last.text(), std::string("500 / 100 jobs = 5.00 → 5"));
        QCOMPARE(last.proposals_size(), 1);
        QCOMPARE(last.proposals(0).usage(), 500.0);
        // Nothing is done, and each recommendation is written down once.
        QVERIFY(waitUntil([&] { return decisions().size() == 2; }, kPatience));
        QCOMPARE(count(v1::SCALING_ACT_NONE), 2);
        QCOMPARE(auditCount("scaling.scale"), 0);
    }

    void whatCannotBeReadIsSaid()
    {
        serve(
            "[[scaling.policies]]\nname = \"shop\"\nready_query = \"nothing_has_this_name\"\n" +
            loadMetric(100));
        QVERIFY(hasProblem("ready_query answers 0 series, and one is needed"));
        ApiClient client(m_channel);
        QVERIFY(
            waitUntil([&] { return client.componentState("scaling") == "degraded"; }, kPatience));
        QVERIFY(decisions().empty());
    }

    void decisionsComeInPages()
    {
        serve(policy());
        QVERIFY(ScalingTest::recommends(2));
        for (const int instances : {3, 4, 5, 6}) {
            setLoad(instances * 100);
            QVERIFY(ScalingTest::recommends(instances));
        }
        v1::ListDecisionsRequest request;
        request.set_page_size(2);
        std::vector<int> recommended;
        do {
            const auto page = call(*m_stub, &Stub::ListDecisions, request);
            QVERIFY2(page.status.ok(), said(page.status).c_str());
            QVERIFY(page.value.decisions_size() <= 2);
            for (const auto& record : page.value.decisions()) {
                recommended.push_back(record.decision().recommended());
            }
            request.set_page_token(page.value.next_page_token());
        } while (!request.page_token().empty());
        QVERIFY(std::ranges::is_sorted(recommended, std::greater<>()));
        QCOMPARE(recommended.front(), 6);
        request.set_page_token("made up");
        QCOMPARE(
            call(*m_stub, &Stub::ListDecisions, request).status.code(),
            absl::StatusCode::kInvalidArgument);
        request.Clear();
        request.set_policy("nobody");
        QCOMPARE(
            call(*m_stub, &Stub::ListDecisions, request).status.code(),
            absl::StatusCode::kNotFound);
    }

    void whatOnlyRecommendsIsNotPaused()
    {
        serve(policy());
        const auto refused = pause();
        QCOMPARE(refused.status.code(), absl::StatusCode::kFailedPrecondition);
        QVERIFY(said(refused.status).find("only recommends") != std::string::npos);
        QCOMPARE(pause("nobody").status.code(), absl::StatusCode::kNotFound);
    }

    void simulatesOverWhatWasRecorded()
    {
        serve(policy("maximum = 8\n"));
        QVERIFY(ScalingTest::recommends(2));
        setLoad(600);
        // The simulation sees what was recorded until now, whoever else has seen it.
        v1::SimulatePolicyResponse simulated;
        QVERIFY(waitUntil(
            [&] {
                const auto reply = call(*m_stub, &Stub::SimulatePolicy, simulation());
                simulated = reply.value;
                return reply.status.ok() && simulated.changes_size() > 0 &&
                       simulated.points().rbegin()->simulated() == 6 &&
                       simulated.simulated_instance_hours() > simulated.actual_instance_hours();
            },
            kPatience));
        QCOMPARE(simulated.ups(), simulated.changes_size());
        QCOMPARE(simulated.points().rbegin()->actual(), 2);
        auto other = simulation();
        other.mutable_overrides()->set_maximum(3);
        const auto fewer = call(*m_stub, &Stub::SimulatePolicy, other);
        QVERIFY2(fewer.status.ok(), said(fewer.status).c_str());
        QCOMPARE(fewer.value.points().rbegin()->simulated(), 3);
        QCOMPARE(fewer.value.policy().maximum(), 3);
        QVERIFY2(
            fewer.value.changes(0).text().find("most 3 is 3") != std::string::npos,
            fewer.value.changes(0).text().c_str());
        (*other.mutable_overrides()->mutable_targets())["load"] = 1000;
        other.mutable_overrides()->mutable_down_stabilisation();
        const auto calm = call(*m_stub, &Stub::SimulatePolicy, other);
        QCOMPARE(calm.value.points().rbegin()->simulated(), 1);
        QCOMPARE(calm.value.ups(), 0);
        // Nothing of it happened.
        QCOMPARE(state().policy().maximum(), 8);
    }

    void whatCannotBeSimulatedIsSaid_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("code");
        QTest::newRow("nobody") << 0 << int(absl::StatusCode::kNotFound);
        QTest::newRow("backwards") << 1 << int(absl::StatusCode::kInvalidArgument);
        QTest::newRow("too long") << 2 << int(absl::StatusCode::kInvalidArgument);
        QTest::newRow("no metric") << 3 << int(absl::StatusCode::kInvalidArgument);
        QTest::newRow("nothing recorded") << 4 << int(absl::StatusCode::kFailedPrecondition);
    }

    void whatCannotBeSimulatedIsSaid()
    {
        QFETCH(int, kind);
        QFETCH(int, code);
        serve(
            "[[scaling.policies]]\nname = \"shop\"\nready_query = "
            "\"sum(nothing_has_this_name)\"\n" +
            loadMetric(100));
        v1::SimulatePolicyRequest request = simulation();
        if (kind == 0) {
            request.set_policy("nobody");
        } else if (kind == 1) {
            request.mutable_end_time()->set_seconds(m_start.toSecsSinceEpoch() - 60);
        } else if (kind == 2) {
            request.mutable_start_time()->set_seconds(m_start.toSecsSinceEpoch() - 86400 * 60);
        } else if (kind == 3) {
            (*request.mutable_overrides()->mutable_targets())["none"] = 1;
        }
        const auto refused = call(*m_stub, &Stub::SimulatePolicy, request);
        QVERIFY2(int(refused.status.code()) == code, said(refused.status).c_str());
        QVERIFY(!said(refused.status).empty());
    }

    void watchersSeeEachLook()
    {
        serve(policy());
        ApiCall context;
        const auto reader = m_stub->WatchPolicies(&context.context, v1::WatchPoliciesRequest());
        v1::WatchPoliciesResponse message;
        QVERIFY(reader->Read(&message));
        QCOMPARE(message.policies_size(), 1);
        setLoad(900);
        bool isSeen = false;
        while (!isSeen && reader->Read(&message)) {
            isSeen = message.policies(0).last().asked() == 9;
        }
        QVERIFY(isSeen);
        context.context.TryCancel();
    }
};

QTEST_GUILESS_MAIN(TestScalingServer)
#include "tst_scaling_server.moc"
