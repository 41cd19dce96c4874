// SPDX-License-Identifier: Apache-2.0
// Rollouts through the front door: gRPC and pilothousectl against a real server and a real HAProxy
// with clients that count every request that fails or is answered by the wrong side.
#include "tests/integration/rollouts/RolloutsTest.h"
#include "tests/support/rollouts/LoadClients.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <algorithm>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 60000;
constexpr int kClients = 4;
constexpr int kRounds = 25;

double percentile(std::vector<double> values, double share)
{
    std::sort(values.begin(), values.end());
    return values.at(static_cast<std::size_t>(share * static_cast<double>(values.size() - 1)));
}

} // namespace

class TestRolloutsServer : public HaproxyRolloutsTest
{
    Q_OBJECT

public:
    TestRolloutsServer() : HaproxyRolloutsTest(kPatience) {}

private:
    /// A server whose application has these further keys.
    void serve(const QString& keys, const QString& before = {})
    {
        TestServer::Options options;
        options.config = before + m_haproxy->config(keys);
        launch(options);
    }

    /// Starts a rollout that needs no verdict and waits until it can be promoted.
    void begin(const std::string& revision = "2")
    {
        const auto started = m_probe->start(revision);
        QVERIFY2(started.status.ok(), said(started.status).c_str());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
    }

private Q_SLOTS:
    void aRolloutGoesFromItsStartToItsEnd()
    {
        serve("compare = false\nkeep_warm = \"3s\"\n");
        QCOMPARE(m_probe->shop().driver(), std::string("haproxy"));
        begin("2.4.0");
        QCOMPARE(m_haproxy->active(), QString("blue"));
        const auto promoted = m_probe->promote();
        QVERIFY2(promoted.status.ok(), said(promoted.status).c_str());
        QCOMPARE(promoted.value.rollout().step(), v1::ROLLOUT_STEP_SWITCHED);
        // In memory, in the file, and the preview has changed with it.
        QCOMPARE(m_haproxy->active(), QString("green"));
        QCOMPARE(m_haproxy->activeInFile(), QString("green"));
        QVERIFY(m_haproxy->runtime("show map " + m_haproxy->mapFile().toUtf8())
                    .contains("preview blue"));
        QVERIFY(reaches(v1::ROLLOUT_STEP_DONE));
        const auto receipt = m_probe->receipt(promoted.value.rollout().id());
        QStringList kinds;
        for (const auto& event : receipt.value.events()) {
            kinds << QString::fromStdString(event.kind());
        }
        QCOMPARE(
            kinds,
            (QStringList{
                "started",
                "preview-ready",
                "awaiting-promotion",
                "promoted",
                "switched",
                "draining",
                "done"}));
        QCOMPARE(receipt.value.rollout().revision(), std::string("2.4.0"));
        const auto channel = socketChannel(*m_server);
        QVERIFY(waitUntil(
            [&] {
                return auditCount(channel, "rollouts.start") == 1 &&
                       auditCount(channel, "rollouts.promote") == 1 &&
                       auditCount(channel, "rollouts.step") == 5;
            },
            kPatience));
        // The next one goes the other way.
        begin("2.5.0");
        QCOMPARE(m_probe->shop().rollout().candidate(), v1::ROLLOUT_COLOUR_BLUE);
        QVERIFY(m_probe->abort().status.ok());
        QCOMPARE(m_probe->step(), v1::ROLLOUT_STEP_ABORTED);
    }

    void promotionsAndRollbacksLoseNothing()
    {
        serve("compare = false\n");
        LoadClients load(m_haproxy->livePort(), kClients);
        std::vector<double> promotions;
        std::vector<double> rollbacks;
        const auto milliseconds = [](LoadClients::Clock::duration time) {
            return std::chrono::duration<double, std::milli>(time).count();
        };
        for (int round = 0; round < kRounds; ++round) {
            begin();
            load.expect("");
            v1::PromoteRolloutRequest promote;
            promote.set_application("shop");
            promote.set_validate_only(true);
            const auto plan = call(m_probe->stub(), &RolloutProbe::Stub::PromoteRollout, promote);
            promote.set_validate_only(false);
            promote.mutable_confirmation()->set_plan_digest(plan.value.plan().digest());
            auto began = LoadClients::Clock::now();
            const auto promoted =
                call(m_probe->stub(), &RolloutProbe::Stub::PromoteRollout, promote);
            load.expect("green");
            promotions.push_back(milliseconds(LoadClients::Clock::now() - began));
            QVERIFY2(promoted.status.ok(), said(promoted.status).c_str());
            QVERIFY(waitUntil([&] { return load.lastAnswerOf("green") > began; }, kPatience));
            load.expect("");
            began = LoadClients::Clock::now();
            const auto back = m_probe->rollBackAtOnce();
            load.expect("blue");
            rollbacks.push_back(milliseconds(LoadClients::Clock::now() - began));
            QVERIFY2(back.status.ok(), said(back.status).c_str());
            QCOMPARE(back.value.rollout().step(), v1::ROLLOUT_STEP_ROLLED_BACK);
            QVERIFY(!back.value.recorded_locally());
            QVERIFY(waitUntil([&] { return load.lastAnswerOf("blue") > began; }, kPatience));
        }
        const LoadClients::Counts counts = load.counts();
        qInfo(
            "%lld requests, %lld failed, %lld stale; promote p50 %.1f ms, p99 %.1f ms; roll back "
            "p50 %.1f ms, p99 %.1f ms",
            static_cast<long long>(counts.requests),
            static_cast<long long>(counts.failed),
            static_cast<long long>(counts.stale),
            percentile(promotions, 0.5),
            percentile(promotions, 0.99),
            percentile(rollbacks, 0.5),
            percentile(rollbacks, 0.99));
        QVERIFY(counts.requests > kRounds);
        QVERIFY(counts.bySide.at("green") > 0);
        QCOMPARE(counts.failed, std::int64_t(0));
        QCOMPARE(counts.stale, std::int64_t(0));
        // What both sides answered is a metric, for charts and alerts.
        QVERIFY(waitUntil(
            [&] {
                const auto answer = ctl(
                    {"metrics",
                     "query",
                     "count(pilothouse_rollouts_responses_total{application=\"shop\"} > 0)",
                     "--output",
                     "json"});
                const auto found =
                    QJsonDocument::fromJson(answer.out.toUtf8()).object().value("result").toArray();
                return found.size() == 1 && found[0].toObject().value("value").toDouble() == 2;
            },
            kPatience));
    }

    void withoutAVerdictOnlyAnOverridePromotes()
    {
        serve("compare_most = \"24h\"\n");
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_ANALYSING));
        const auto refused = m_probe->promote();
        QCOMPARE(refused.status.code(), absl::StatusCode::kFailedPrecondition);
        QVERIFY(said(refused.status).find("verdict") != std::string::npos);
        QCOMPARE(m_haproxy->active(), QString("blue"));
        v1::PromoteRolloutRequest silent;
        silent.set_application("shop");
        silent.set_override_gates(true);
        QCOMPARE(
            call(m_probe->stub(), &RolloutProbe::Stub::PromoteRollout, silent).status.code(),
            absl::StatusCode::kInvalidArgument);
        const auto promoted = m_probe->promote("a hot fix");
        QVERIFY2(promoted.status.ok(), said(promoted.status).c_str());
        QCOMPARE(promoted.value.rollout().override_reason(), std::string("a hot fix"));
        // The receipt says against what.
        const auto receipt = m_probe->receipt(promoted.value.rollout().id());
        const auto decided = std::ranges::find(
            receipt.value.events(), std::string("promoted"), &v1::RolloutEvent::kind);
        QVERIFY(decided != receipt.value.events().end());
        QVERIFY2(
            decided->message().find("against verdict: ") != std::string::npos,
            decided->message().c_str());
        QCOMPARE(m_haproxy->active(), QString("green"));
    }

    void inAFreezeOnlyAnOverridePromotes()
    {
        serve("compare = false\n"
              "[[rollouts.windows]]\nkind = \"deny\"\nschedule = \"* * * * *\"\n"
              "description = \"year's end\"\napplications = [\"shop\"]\n");
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QVERIFY(waitUntil(
            [&] {
                const auto gates = m_probe->shop().gates();
                return !gates.empty() && gates.rbegin()->name() == "window" &&
                       gates.rbegin()->result() == v1::RolloutGate::RESULT_FAILED;
            },
            kPatience));
        const auto refused = m_probe->promote();
        QCOMPARE(refused.status.code(), absl::StatusCode::kFailedPrecondition);
        QVERIFY2(
            said(refused.status).find("year's end") != std::string::npos,
            said(refused.status).c_str());
        QCOMPARE(m_haproxy->active(), QString("blue"));
        const auto promoted = m_probe->promote("a hot fix");
        QVERIFY2(promoted.status.ok(), said(promoted.status).c_str());
        QCOMPARE(promoted.value.rollout().override_reason(), std::string("a hot fix"));
        // The way back is never closed.
        const auto back = m_probe->rollBack();
        QVERIFY2(back.status.ok(), said(back.status).c_str());
    }

    void theComparisonDecides_data()
    {
        QTest::addColumn<int>("errorsPerMille");
        QTest::addColumn<int>("end");
        QTest::newRow("good") << 0 << static_cast<int>(v1::ROLLOUT_STEP_AWAITING_PROMOTION);
        QTest::newRow("bad") << 80 << static_cast<int>(v1::ROLLOUT_STEP_ABORTED);
    }

    void theComparisonDecides()
    {
        QFETCH(int, errorsPerMille);
        QFETCH(int, end);
        m_haproxy->green().setErrorsPerMille(errorsPerMille);
        serve("compare_least = \"1s\"\ncompare_most = \"24h\"\n");
        LoadClients live(m_haproxy->livePort(), 2, std::chrono::milliseconds(2));
        LoadClients preview(m_haproxy->previewPort(), 2, std::chrono::milliseconds(2));
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(static_cast<v1::RolloutStep>(end)));
        const auto shop = m_probe->shop();
        QVERIFY(shop.rollout().evidence_size() == 1);
        QCOMPARE(
            shop.rollout().verdict(),
            errorsPerMille == 0 ? v1::ROLLOUT_VERDICT_PROMOTE : v1::ROLLOUT_VERDICT_ABORT);
        QCOMPARE(m_haproxy->active(), QString("blue"));
        if (errorsPerMille == 0) {
            QVERIFY(m_probe->promote().status.ok());
            QCOMPARE(m_haproxy->active(), QString("green"));
        } else {
            QVERIFY(shop.rollout().message().find("server errors") != std::string::npos);
        }
    }

    void aCandidateThatGoesDownStartsAnew()
    {
        serve("compare = false\n");
        begin();
        m_haproxy->stopGreen();
        QVERIFY(reaches(v1::ROLLOUT_STEP_PLANNED));
        const auto refused = m_probe->promote();
        QCOMPARE(refused.status.code(), absl::StatusCode::kFailedPrecondition);
        m_haproxy->startGreen();
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QVERIFY(m_probe->promote().status.ok());
        // Rolling back looks at blue alone.
        m_haproxy->stopGreen();
        QVERIFY(m_probe->rollBack().status.ok());
        QCOMPARE(m_haproxy->active(), QString("blue"));
    }

    void whatSomebodyElseSwitchesIsPutRight()
    {
        serve("compare = false\n");
        begin();
        QVERIFY(m_probe->promote().status.ok());
        // Only in memory.
        m_haproxy->runtime("set map " + m_haproxy->mapFile().toUtf8() + " active blue");
        QVERIFY(waitUntil([&] { return m_haproxy->active() == "green"; }, kPatience));
        // The repair reads back what it did: another change meanwhile would be the same drift.
        QVERIFY(waitUntil([&] { return m_probe->shop().drifts_repaired() == 1; }, kPatience));
        // Only in the file: nobody notices before the next reload, but for the server.
        QFile file(m_haproxy->mapFile());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("# mine\nactive blue\nother x\n");
        file.close();
        QVERIFY(waitUntil([&] { return m_haproxy->activeInFile() == "green"; }, kPatience));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY(text.contains("# mine") && text.contains("other x"));
        QVERIFY(waitUntil([&] { return m_probe->shop().drifts_repaired() >= 2; }, kPatience));
        const auto channel = socketChannel(*m_server);
        QVERIFY(waitUntil(
            [&] { return auditCount(channel, "rollouts.drift.repair") >= 2; }, kPatience));
        QCOMPARE(ApiClient(channel).componentState("rollouts"), std::string("degraded"));
        const auto receipt = m_probe->receipt(m_probe->shop().rollout().id());
        const auto& events = receipt.value.events();
        QVERIFY(std::any_of(events.begin(), events.end(), [](const auto& event) {
            return event.kind() == "drift";
        }));
        // A reload by hand keeps what was promoted.
        QVERIFY(m_haproxy->reload());
        QCOMPARE(m_haproxy->active(), QString("green"));
    }

    void ofTwoOperatorsAtOnceOneActs()
    {
        serve("compare = false\n");
        for (int round = 0; round < 5; ++round) {
            begin();
            v1::PromoteRolloutRequest promote;
            promote.set_application("shop");
            promote.set_validate_only(true);
            const auto plan = call(m_probe->stub(), &RolloutProbe::Stub::PromoteRollout, promote);
            promote.set_validate_only(false);
            promote.mutable_confirmation()->set_plan_digest(plan.value.plan().digest());
            std::vector<absl::Status> ends(3);
            std::vector<std::thread> operators;
            for (int index = 0; index < 2; ++index) {
                operators.emplace_back([&, index] {
                    RolloutProbe own(socketChannel(*m_server));
                    ends[static_cast<std::size_t>(index)] =
                        call(own.stub(), &RolloutProbe::Stub::PromoteRollout, promote).status;
                });
            }
            operators.emplace_back(
                [&] { ends[2] = RolloutProbe(socketChannel(*m_server)).abort().status; });
            for (std::thread& one : operators) {
                one.join();
            }
            const auto acted =
                std::ranges::count_if(ends, [](const absl::Status& status) { return status.ok(); });
            QCOMPARE(acted, 1);
            const bool isAborted = ends[2].ok();
            QCOMPARE(
                m_probe->step(), isAborted ? v1::ROLLOUT_STEP_ABORTED : v1::ROLLOUT_STEP_SWITCHED);
            QCOMPARE(m_haproxy->active(), isAborted ? QString("blue") : QString("green"));
            if (!isAborted) {
                QVERIFY(m_probe->rollBack().status.ok());
            }
        }
    }

    void aPauseHoldsWhatComesByItself()
    {
        serve("compare = false\nkeep_warm = \"500ms\"\n");
        begin();
        QVERIFY(m_probe->promote().status.ok());
        // In time, or it is over already: then there is nothing to pause.
        v1::PauseRolloutRequest pause;
        pause.set_application("shop");
        if (m_probe->execute(&RolloutProbe::Stub::PauseRollout, pause).status.ok()) {
            v1::KeepWarmRequest warm;
            warm.set_application("shop");
            warm.mutable_duration()->set_seconds(1);
            QVERIFY(m_probe->execute(&RolloutProbe::Stub::KeepWarm, warm).status.ok());
            const std::int64_t over = m_probe->shop().rollout().warm_until_time().seconds() + 1;
            QVERIFY(waitUntil(
                [&] { return m_probe->shop().observation().observe_time().seconds() > over; },
                kPatience));
            QCOMPARE(m_probe->step(), v1::ROLLOUT_STEP_SWITCHED);
            v1::ResumeRolloutRequest resume;
            resume.set_application("shop");
            QVERIFY(m_probe->execute(&RolloutProbe::Stub::ResumeRollout, resume).status.ok());
        }
        QVERIFY(reaches(v1::ROLLOUT_STEP_DONE));
        QCOMPARE(m_probe->rollBackAtOnce().status.code(), absl::StatusCode::kNotFound);
    }

    void inProductionItNeedsMore()
    {
        serve(
            "compare = false\nrequire_approval = true\n",
            "[server]\ndisplay_name = \"eu-1\"\nenvironment = \"production\"\n");
        v1::StartRolloutRequest start;
        start.set_application("shop");
        start.set_revision("2");
        const auto locked = m_probe->execute(&RolloutProbe::Stub::StartRollout, start);
        QCOMPARE(locked.status.code(), absl::StatusCode::kFailedPrecondition);
        QVERIFY(ctl({"lease", "take", "--reason", "release"}).exitCode == 0);
        begin();
        v1::PromoteRolloutRequest promote;
        promote.set_application("shop");
        promote.set_validate_only(true);
        const auto plan = call(m_probe->stub(), &RolloutProbe::Stub::PromoteRollout, promote);
        QCOMPARE(plan.value.plan().friction(), v1::FRICTION_F4);
        const auto alone = m_probe->promote();
        QCOMPARE(alone.status.code(), absl::StatusCode::kFailedPrecondition);
        QVERIFY(said(alone.status).find("second person") != std::string::npos);
        QCOMPARE(m_haproxy->active(), QString("blue"));
    }

    void theCommandLineDoesItAll()
    {
        serve("compare = false\n", "[server]\ndisplay_name = \"here\"\nenvironment = \"local\"\n");
        QVERIFY(ctl({"rollouts", "list"}).out.contains("shop"));
        QCOMPARE(ctl({"rollouts", "promote", "shop", "--confirm", "here"}).exitCode, 3);
        QCOMPARE(ctl({"rollouts", "status", "nothing"}).exitCode, 3);
        const ProgramResult started =
            ctl({"rollouts", "start", "shop", "--revision", "3.1", "--description", "new till"});
        QVERIFY2(started.exitCode == 0, qPrintable(started.err));
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QVERIFY(ctl({"rollouts", "promote", "shop", "--dry-run"}).out.contains("Promote green"));
        QCOMPARE(m_haproxy->active(), QString("blue"));
        const ProgramResult promoted = ctl({"rollouts", "promote", "shop", "--confirm", "here"});
        QVERIFY2(promoted.exitCode == 0, qPrintable(promoted.err));
        QVERIFY2(promoted.out.contains("switched"), qPrintable(promoted.out));
        QVERIFY(ctl({"rollouts", "status", "shop"}).out.contains("kept warm"));
        const ProgramResult back =
            ctl({"rollouts", "rollback", "shop", "--confirm", "here", "--reason", "too slow"});
        QVERIFY2(back.exitCode == 0, qPrintable(back.err));
        QCOMPARE(m_haproxy->active(), QString("blue"));
        const auto history =
            QJsonDocument::fromJson(
                ctl({"--output", "json", "rollouts", "history", "shop"}).out.toUtf8())
                .object()["rollouts"]
                .toArray();
        QCOMPARE(history.size(), 1);
        QCOMPARE(history[0].toObject()["step"].toString(), QString("rolled-back"));
        const ProgramResult receipt =
            ctl({"rollouts", "receipt", history[0].toObject()["id"].toString()});
        QVERIFY2(receipt.out.contains("too slow"), qPrintable(receipt.out));
        QVERIFY2(receipt.out.contains("new till"), qPrintable(receipt.out));
    }
};

QTEST_GUILESS_MAIN(TestRolloutsServer)
#include "tst_rollouts_server.moc"
