// SPDX-License-Identifier: Apache-2.0
// Jobs through the front door: gRPC and pilothousectl against a real server.
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"
#include "tests/support/api/ApiClient.h"

#include <pilothouse/v1/jobs.grpc.pb.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 60000;

} // namespace

class TestJobsServer : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<v1::JobsService::Stub> m_stub;

    using Stub = v1::JobsService::Stub;

    ApiReply<v1::CreateJobResponse> create(
        const std::string& kind, const std::map<std::string, std::string>& parameters)
    {
        v1::CreateJobRequest request;
        request.set_kind(kind);
        request.mutable_parameters()->insert(parameters.begin(), parameters.end());
        return call(*m_stub, &Stub::CreateJob, request);
    }

    /// The last message of the job's stream, and how the stream ended.
    std::pair<v1::WatchJobResponse, absl::Status> watchToEnd(const std::string& id)
    {
        ApiCall context({}, kPatience);
        v1::WatchJobRequest request;
        request.set_id(id);
        request.set_log_lines(100);
        const auto reader = m_stub->WatchJob(&context.context, request);
        v1::WatchJobResponse message;
        v1::WatchJobResponse last;
        while (reader->Read(&message)) {
            last = message;
        }
        return {last, api::fromGrpcStatus(reader->Finish())};
    }

    ProgramResult ctl(const QStringList& arguments)
    {
        return runProgram(
            "pilothousectl",
            QStringList{"--server", m_server->socketAddress()} + arguments,
            kPatience);
    }

    /// Starts the server (again); with a fault it kills itself there.
    bool restart(const QString& fault = {})
    {
        if (m_server->isRunning() && !m_server->stop()) {
            return false;
        }
        m_server->setFaults(fault);
        const bool isReady = m_server->start();
        m_stub = isReady ? v1::JobsService::NewStub(socketChannel(*m_server)) : nullptr;
        return isReady;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<TestServer>();
        QVERIFY2(restart(), qPrintable(m_server->log()));
    }

    void kindsSayWhatTheyTake()
    {
        const auto kinds = call(*m_stub, &Stub::ListKinds, v1::ListKindsRequest());
        QVERIFY(kinds.status.ok());
        QStringList names;
        for (const auto& kind : kinds.value.kinds()) {
            names << QString::fromStdString(kind.name());
            QVERIFY(!kind.description().empty() && !kind.cancel_consequence().empty());
        }
        QCOMPARE(names, (QStringList{"jobs.retention", "metrics.baseline", "metrics.compact"}));
    }

    void aJobIsWatchedToItsEnd()
    {
        const auto made = create("jobs.retention", {{"keep", "1h"}});
        QVERIFY2(made.status.ok(), std::string(made.status.message()).c_str());
        QCOMPARE(made.value.job().created_by().empty(), false);
        const auto [last, status] = watchToEnd(made.value.job().id());
        QVERIFY2(status.ok(), std::string(status.message()).c_str());
        QCOMPARE(last.job().state(), v1::JOB_STATE_SUCCEEDED);
        QCOMPARE(last.job().tasks_size(), 1);
        v1::ListJobLogsRequest request;
        request.set_id(made.value.job().id());
        const auto log = call(*m_stub, &Stub::ListJobLogs, request);
        QVERIFY(log.status.ok());
        QCOMPARE(log.value.lines_size(), 1);
    }

    void theMetricsStoreIsCompacted()
    {
        const auto made = create("metrics.compact", {});
        QVERIFY2(made.status.ok(), std::string(made.status.message()).c_str());
        const auto last = watchToEnd(made.value.job().id()).first;
        QCOMPARE(last.job().state(), v1::JOB_STATE_SUCCEEDED);
        v1::ListJobLogsRequest request;
        request.set_id(made.value.job().id());
        const auto log = call(*m_stub, &Stub::ListJobLogs, request);
        QVERIFY(log.status.ok());
        QCOMPARE(log.value.lines_size(), 1);
        QVERIFY(log.value.lines(0).text().find("MiB on disk") != std::string::npos);
    }

    void aCompactionSurvivesItsServer()
    {
        // The first is the store's own, as the server starts.
        QVERIFY2(restart("metrics.before_old_logs=2"), qPrintable(m_server->log()));
        const auto made = create("metrics.compact", {});
        QVERIFY(made.status.ok());
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
        QVERIFY2(restart(), qPrintable(m_server->log()));
        const auto last = watchToEnd(made.value.job().id()).first.job();
        QCOMPARE(last.state(), v1::JOB_STATE_SUCCEEDED);
        QCOMPARE(last.tasks(0).attempts(), 2);
    }

    void whatIsWrongIsSaidAndMakesNothing_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("parameter");
        QTest::addColumn<QString>("value");
        QTest::addColumn<int>("code");
        const auto invalid = static_cast<int>(absl::StatusCode::kInvalidArgument);
        QTest::newRow("kind") << "no.such"
                              << "a"
                              << "b" << static_cast<int>(absl::StatusCode::kNotFound);
        QTest::newRow("parameter") << "jobs.retention"
                                   << "colour"
                                   << "green" << invalid;
        QTest::newRow("value") << "jobs.retention"
                               << "keep"
                               << "long" << invalid;
        QTest::newRow("promql") << "metrics.baseline"
                                << "expressions"
                                << "x=sum(" << invalid;
        QTest::newRow("needed") << "metrics.baseline"
                                << "span"
                                << "1h" << invalid;
    }

    void whatIsWrongIsSaidAndMakesNothing()
    {
        QFETCH(QString, kind);
        QFETCH(QString, parameter);
        QFETCH(QString, value);
        QFETCH(int, code);
        std::map<std::string, std::string> parameters{
            {parameter.toStdString(), value.toStdString()}};
        if (parameter == "expressions") {
            parameters["name"] = "x";
        }
        const auto made = create(kind.toStdString(), parameters);
        QCOMPARE(static_cast<int>(made.status.code()), code);
        QVERIFY(!made.status.message().empty());
    }

    void dryRunShowsThePlanAndMakesNothing()
    {
        const auto before = call(*m_stub, &Stub::ListJobs, v1::ListJobsRequest());
        v1::CreateJobRequest request;
        request.set_kind("metrics.baseline");
        (*request.mutable_parameters())["name"] = "dry";
        (*request.mutable_parameters())["expressions"] = "up";
        request.set_validate_only(true);
        const auto made = call(*m_stub, &Stub::CreateJob, request);
        QVERIFY2(made.status.ok(), std::string(made.status.message()).c_str());
        QVERIFY(made.value.job().id().empty());
        QCOMPARE(made.value.job().tasks_size(), 2);
        QCOMPARE(made.value.job().tasks(1).depends_on(0), std::string("measure"));
        const auto after = call(*m_stub, &Stub::ListJobs, v1::ListJobsRequest());
        QCOMPARE(after.value.jobs_size(), before.value.jobs_size());
    }

    void baselinesMeasureAndCompare()
    {
        const std::map<std::string, std::string> parameters{
            {"name", "first"},
            {"span", "10s"},
            {"step", "1s"},
            {"expressions", "memory=process_resident_memory_bytes"}};
        // The server measures itself each second: the first samples come by themselves.
        v1::WatchJobResponse last;
        QVERIFY(waitUntil(
            [&] {
                const auto made = create("metrics.baseline", parameters);
                last = watchToEnd(made.value.job().id()).first;
                return last.job().state() == v1::JOB_STATE_SUCCEEDED;
            },
            kPatience));
        QCOMPARE(last.job().artefacts_size(), 3);
        v1::GetArtefactRequest request;
        request.set_job_id(last.job().id());
        request.set_name("baseline.json");
        const auto json = call(*m_stub, &Stub::GetArtefact, request);
        QVERIFY(json.status.ok());
        const auto report =
            QJsonDocument::fromJson(QByteArray::fromStdString(json.value.content())).object();
        QCOMPARE(report["name"].toString(), QString("first"));
        QVERIFY(report["series"].toArray()[0].toObject()["p95"].toDouble() > 0);
        auto second = parameters;
        second["name"] = "second";
        second["compare_with"] = "first";
        const auto made = create("metrics.baseline", second);
        QCOMPARE(watchToEnd(made.value.job().id()).first.job().state(), v1::JOB_STATE_SUCCEEDED);
        request.set_job_id(made.value.job().id());
        request.set_name("baseline.html");
        const auto html = call(*m_stub, &Stub::GetArtefact, request);
        QVERIFY(QString::fromStdString(html.value.content()).contains("Against first"));
        request.set_name("baseline.pdf");
        const auto pdf = call(*m_stub, &Stub::GetArtefact, request);
        QVERIFY(pdf.value.content().starts_with("%PDF-"));
        QCOMPARE(pdf.value.artefact().media_type(), std::string("application/pdf"));
    }

    void baselinesSurviveTheirServer_data()
    {
        QTest::addColumn<QString>("fault");
        for (const char* fault :
             {"jobs.after_artefact=1", "jobs.after_artefact=3", "metrics.after_baseline=1"}) {
            QTest::newRow(fault) << QString(fault);
        }
    }

    void baselinesSurviveTheirServer()
    {
        QFETCH(QString, fault);
        const auto parameters = [](const char* expression) {
            return std::map<std::string, std::string>{
                {"name", "again"}, {"span", "60s"}, {"step", "1s"}, {"expressions", expression}};
        };
        const auto first = create("metrics.baseline", parameters("up=up"));
        QCOMPARE(watchToEnd(first.value.job().id()).first.job().state(), v1::JOB_STATE_SUCCEEDED);
        QVERIFY2(restart(fault), qPrintable(m_server->log()));
        auto compared = parameters("memory=process_resident_memory_bytes");
        compared["compare_with"] = "again";
        const auto made = create("metrics.baseline", compared);
        QVERIFY(made.status.ok());
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
        QVERIFY2(restart(), qPrintable(m_server->log()));
        const auto last = watchToEnd(made.value.job().id()).first.job();
        QCOMPARE(last.state(), v1::JOB_STATE_SUCCEEDED);
        QCOMPARE(last.artefacts_size(), 3);
        v1::GetArtefactRequest request;
        request.set_job_id(last.id());
        request.set_name("baseline.html");
        const auto html =
            QString::fromStdString(call(*m_stub, &Stub::GetArtefact, request).value.content());
        // With what was saved by the first, which has not this series, and not with itself.
        QVERIFY(html.contains("Against again"));
        QVERIFY(!html.contains("+0.0 %"));
    }

    void listsHavePages()
    {
        for (int count = 0; count < 3; ++count) {
            QVERIFY(create("jobs.retention", {}).status.ok());
        }
        v1::ListJobsRequest request;
        request.set_page_size(2);
        QStringList seen;
        do {
            const auto page = call(*m_stub, &Stub::ListJobs, request);
            QVERIFY(page.status.ok());
            QVERIFY(page.value.jobs_size() <= 2);
            for (const auto& job : page.value.jobs()) {
                seen << QString::fromStdString(job.id());
            }
            request.set_page_token(page.value.next_page_token());
        } while (!request.page_token().empty());
        QVERIFY(seen.size() >= 3);
        QCOMPARE(QSet<QString>(seen.begin(), seen.end()).size(), seen.size());
        request.set_page_token("made up");
        QVERIFY(absl::IsInvalidArgument(call(*m_stub, &Stub::ListJobs, request).status));
    }

    void watchersSeeNewJobsAndComeBack()
    {
        ApiCall context({}, kPatience);
        v1::WatchJobsRequest request;
        request.set_limit(5);
        auto reader = m_stub->WatchJobs(&context.context, request);
        v1::WatchJobsResponse message;
        QVERIFY(reader->Read(&message));
        QVERIFY(message.snapshot());
        QVERIFY(message.jobs_size() <= 5);
        const auto made = create("jobs.retention", {});
        QVERIFY(made.status.ok());
        bool isThere = false;
        while (!isThere && reader->Read(&message)) {
            QVERIFY(!message.snapshot());
            for (const auto& job : message.jobs()) {
                isThere = isThere || (job.id() == made.value.job().id() &&
                                      job.state() == v1::JOB_STATE_SUCCEEDED);
            }
        }
        QVERIFY(isThere);
        context.context.TryCancel();
        reader->Finish();
        ApiCall again({}, kPatience);
        request.set_resume_token(message.resume_token());
        reader = m_stub->WatchJobs(&again.context, request);
        const auto next = create("jobs.retention", {});
        QVERIFY(next.status.ok());
        QVERIFY(reader->Read(&message));
        QVERIFY(!message.snapshot());
        again.context.TryCancel();
        reader->Finish();
    }

    void watchingNothingIsNotFound()
    {
        QVERIFY(absl::IsNotFound(watchToEnd("999999").second));
        QVERIFY(absl::IsInvalidArgument(watchToEnd("abc").second));
    }

    void commandLine_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("says");
        const auto row =
            [](const char* name, const QStringList& arguments, int exitCode, const char* says) {
                QTest::newRow(name) << arguments << exitCode << QString(says);
            };
        row("run", {"jobs", "run", "jobs.retention"}, 0, "succeeded");
        row("detached", {"jobs", "run", "jobs.retention", "--detach"}, 0, "queued");
        row("dry run", {"jobs", "run", "jobs.retention", "--dry-run"}, 0, "dry run");
        row("kinds", {"jobs", "kinds"}, 0, "metrics.baseline");
        row("list", {"jobs", "list", "--state", "succeeded"}, 0, "Forget jobs");
        row("no such job", {"jobs", "show", "999999"}, 3, "there is no job");
        row("wrong parameter", {"jobs", "run", "jobs.retention", "keep"}, 2, "name=value");
        row("no job", {"jobs", "cancel", "999999"}, 3, "there is no job");
        row("add", {"jobs", "schedules", "add", "s1", "0 4 * * *", "jobs.retention"}, 0, "made");
        row("again",
            {"jobs", "schedules", "add", "s1", "0 4 * * *", "jobs.retention"},
            1,
            "there is a schedule");
        row("wrong cron",
            {"jobs", "schedules", "add", "s2", "0 4 * *", "jobs.retention"},
            2,
            "4 fields");
        row("pause", {"jobs", "schedules", "pause", "s1"}, 0, "paused");
        row("schedules", {"jobs", "schedules", "list"}, 0, "jobs-retention");
        row("show", {"jobs", "schedules", "show", "jobs-retention"}, 0, "at 03:17 every day");
        row("resume", {"jobs", "schedules", "resume", "s1"}, 0, "resumed");
        row("remove", {"jobs", "schedules", "remove", "s1"}, 0, "removed");
        row("gone", {"jobs", "schedules", "remove", "s1"}, 3, "there is no schedule");
        row("leader", {"resources"}, 0, "leader: this server");
    }

    void commandLine()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        QFETCH(QString, says);
        const ProgramResult result = ctl(arguments);
        QVERIFY2(result.exitCode == exitCode, qPrintable(result.out + result.err));
        QVERIFY2((result.out + result.err).contains(says), qPrintable(result.out + result.err));
        if (arguments.first() == "jobs" && exitCode == 0 && !arguments.contains("remove")) {
            QStringList json = arguments;
            if (!json.contains("add")) {
                const ProgramResult again =
                    ctl(json << "--output"
                             << "json");
                const QByteArray line = again.out.toUtf8().trimmed().split('\n').last();
                QVERIFY2(QJsonDocument::fromJson(line).isObject(), qPrintable(again.out));
            }
        }
    }

    void serverStopsWithAJobUnderWay()
    {
        QVERIFY(create("metrics.baseline", {{"name", "x"}, {"expressions", "up"}}).status.ok());
        QVERIFY2(m_server->stop(), qPrintable(m_server->log()));
    }
};

QTEST_GUILESS_MAIN(TestJobsServer)
#include "tst_jobs_server.moc"
