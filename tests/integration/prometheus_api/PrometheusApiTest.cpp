// SPDX-License-Identifier: Apache-2.0
// The Prometheus HTTP API over the server's own HTTP side, compared with a real Prometheus that
// holds the same samples.
#include "server/metrics/api/PrometheusApi.h"
#include "server/platform/http/HttpServer.h"
#include "tests/support/promql/PrometheusPeer.h"
#include "tests/support/promql/SampleSeries.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <QUrl>
#include <QUrlQuery>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

namespace pilothouse::test {

using namespace metrics;

namespace {

/// The parts of the server that answer /api/v1, over awkwardSeries().
class ApiServer
{
public:
    ApiServer()
    {
        fill(m_source, awkwardSeries());
        m_api.addTo(m_router);
        auto server = platform::HttpServer::start(m_io, {"127.0.0.1", 0, {}, {}, {}}, m_router);
        if (!server.ok()) {
            qFatal("%s", std::string(server.status().message()).c_str());
        }
        m_server = *std::move(server);
        m_thread = std::thread([this] { m_io.run(); });
    }
    ~ApiServer()
    {
        m_server.reset();
        m_work.reset();
        m_io.stop();
        m_thread.join();
    }

    QString url() const
    {
        return QStringLiteral("http://") + QString::fromStdString(m_server->address());
    }

private:
    static promql::EngineOptions options()
    {
        promql::EngineOptions options;
        options.compat = promql::Compat::Prometheus2;
        return options;
    }
    static PrometheusApi::Sources catalogue()
    {
        return {
            [] {
                Target target;
                target.job = "api";
                target.url = "http://127.0.0.1:1/metrics";
                target.labels = {{"job", "api"}, {"instance", "127.0.0.1:1"}};
                target.health = TargetHealth::Down;
                target.lastError = "connection \"refused\"";
                target.interval = absl::Seconds(1);
                return std::vector<Target>{target};
            },
            [] {
                return std::vector<Metric>{
                    {"requests_total", MetricType::Counter, "", "Requests.\nAll", 3},
                    {"up", MetricType::Gauge, "", "", 1}};
            }};
    }

    promql::RecordedSource m_source;
    platform::Executor m_executor{"io", 2, 64};
    QueryEngine m_queries{m_source, m_executor, systemClock(), options()};
    PrometheusApi m_api{m_queries, systemClock(), {"2.42.0", "abc", ""}, catalogue()};
    platform::Router m_router;
    boost::asio::io_context m_io;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> m_work{
        m_io.get_executor()};
    std::unique_ptr<platform::HttpServer> m_server;
    std::thread m_thread;
};

HttpParameters parametersOf(const QString& query)
{
    return QUrlQuery(query).queryItems(QUrl::FullyDecoded);
}

/// Lists whose order means nothing, sorted.
QJsonArray sorted(const QJsonArray& array)
{
    QList<QByteArray> texts;
    for (const auto& element : array) {
        texts += element.isObject() ? QJsonDocument(element.toObject()).toJson()
                                    : element.toString().toUtf8();
    }
    std::sort(texts.begin(), texts.end());
    QJsonArray out;
    for (const auto& text : texts) {
        out += QString::fromUtf8(text);
    }
    return out;
}

QJsonValue comparable(const QJsonObject& answer)
{
    const QJsonValue data = answer[QLatin1String("data")];
    if (data.isArray()) {
        return sorted(data.toArray());
    }
    QJsonObject object = data.toObject();
    const QJsonArray result = object[QLatin1String("result")].toArray();
    if (!result.isEmpty() && result.first().isObject()) {
        object[QLatin1String("result")] = sorted(result);
    }
    return object;
}

} // namespace

class PrometheusApiTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void answersLikePrometheus_data();
    void answersLikePrometheus();
    void errors_data();
    void errors();
    void absurdTimeIsRefused();
    void postTakesAForm();
    void catalogueOfTheServer();
    void storeStatusCounts();
    void busyExecutorIsSaidSo();

private:
    ApiServer m_ours;
    std::unique_ptr<PrometheusPeer> m_theirs;
    HttpProbe m_http;
};

void PrometheusApiTest::initTestCase()
{
    if (PrometheusPeer::program().isEmpty()) {
        return; // the comparisons skip, the rest holds alone
    }
    m_theirs = std::make_unique<PrometheusPeer>();
    QVERIFY2(m_theirs->start(), qPrintable(m_theirs->log()));
    QVERIFY2(m_theirs->write(awkwardSeries()), qPrintable(m_theirs->log()));
}

void PrometheusApiTest::answersLikePrometheus_data()
{
    QTest::addColumn<QString>("path");
    const QString span = QStringLiteral("&start=1700000000&end=1700003600");
    for (const QString& path : {
             QStringLiteral("query?query=memory_bytes&time=1700001000"),
             QStringLiteral("query?query=memory_bytes&time=1700001000.123"),
             QStringLiteral("query?query=memory_bytes&time=2023-11-14T22:30:00Z"),
             QStringLiteral("query?query=memory_bytes&time=2023-11-14T23:30:00.5%2B01:00"),
             QStringLiteral("query?query=odd_values&time=1700001000"),
             QStringLiteral("query?query=odd_values * 1e-9&time=1700001000"),
             QStringLiteral("query?query=vector(1e21)&time=1700001000"),
             QStringLiteral("query?query=vector(123456789012345678)&time=1700001000"),
             QStringLiteral("query?query=vector(-1e-7)&time=1700001000"),
             QStringLiteral("query?query=1&time=1700001000.1"),
             QStringLiteral("query?query=\"a\\u00e9\\\"b\\n\"&time=1700001000.01"),
             QStringLiteral("query?query=nothing_here&time=1700001000"),
             QStringLiteral("query?query=memory_bytes[1m]&time=1700001000"),
             QStringLiteral("query?query=nothing_here[1m]&time=1700001000"),
             QStringLiteral("query?query=sum(memory_bytes)&time=1700001000&timeout=10s"),
             QStringLiteral("query?query=time()&time=-5.5"),
             QStringLiteral("query_range?query=memory_bytes&step=15") + span,
             QStringLiteral("query_range?query=memory_bytes&step=1m30s") + span,
             QStringLiteral("query_range?query=rate(http_requests_total[5m])&step=60.5") + span,
             QStringLiteral("query_range?query=1&step=600") + span,
             QStringLiteral("query_range?query=nothing_here&step=600") + span,
             QStringLiteral("labels?start=1700000000&end=1700003600"),
             QStringLiteral("labels?match[]=build_info") + span,
             QStringLiteral("labels?match[]=build_info&match[]=states") + span,
             QStringLiteral("label/job/values?start=1700000000&end=1700003600"),
             QStringLiteral("label/__name__/values?start=1700000000&end=1700003600"),
             QStringLiteral("label/job/values?match[]=build_info{job!=\"api\"}") + span,
             QStringLiteral("label/nothing/values?start=1700000000&end=1700003600"),
             QStringLiteral("series?match[]=build_info") + span,
             QStringLiteral("series?match[]=build_info&match[]={job=\"api\"}") + span,
             QStringLiteral("series?match[]=nothing_here") + span,
             QStringLiteral("format_query?query=sum(rate(x[5m]))by(a)"),
         }) {
        QTest::newRow(qPrintable(path)) << path;
    }
}

void PrometheusApiTest::answersLikePrometheus()
{
    if (!m_theirs) {
        QSKIP("prometheus is not installed, nothing to compare with");
    }
    QFETCH(QString, path);
    const QString url = QStringLiteral("/api/v1/") + path.section(QLatin1Char('?'), 0, 0);
    const auto parameters = parametersOf(path.section(QLatin1Char('?'), 1));
    const auto ours = m_http.get(m_ours.url() + url, parameters);
    const auto theirs = m_http.get(m_theirs->url() + url, parameters);
    QCOMPARE(ours.status, theirs.status);
    QCOMPARE(ours.contentType, theirs.contentType);
    QCOMPARE(ours.json()[QLatin1String("status")], theirs.json()[QLatin1String("status")]);
    QCOMPARE(comparable(ours.json()), comparable(theirs.json()));
}

void PrometheusApiTest::errors_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* path, int status, const char* type, const char* message) {
        QTest::newRow(path) << QString::fromUtf8(path) << status << QString::fromUtf8(type)
                            << QString::fromUtf8(message);
    };
    row("query?query=",
        400,
        "bad_data",
        "invalid parameter \"query\": 1:1: parse error: no expression found in input");
    row("query?query=up%2B",
        400,
        "bad_data",
        "invalid parameter \"query\": 1:4: parse error: unexpected end of input");
    row("query?query=1&time=x",
        400,
        "bad_data",
        "invalid parameter \"time\": cannot parse \"x\" to a valid timestamp");
    row("query?query=1&timeout=x",
        400,
        "bad_data",
        "invalid parameter \"timeout\": cannot parse \"x\" to a valid duration");
    row("query?query=memory_bytes*on()memory_bytes&time=1700001000", 422, "execution", "");
    row("query_range?query=1&start=5&end=1&step=1",
        400,
        "bad_data",
        "invalid parameter \"end\": end timestamp must not be before start time");
    row("query_range?query=1&start=1&end=5&step=0",
        400,
        "bad_data",
        "invalid parameter \"step\": zero or negative query resolution step widths are not "
        "accepted. Try a positive integer");
    row("query_range?query=1&start=1&end=5",
        400,
        "bad_data",
        "invalid parameter \"step\": cannot parse \"\" to a valid duration");
    row("query_range?query=1&end=5&step=1",
        400,
        "bad_data",
        "invalid parameter \"start\": cannot parse \"\" to a valid timestamp");
    row("query_range?query=1&start=1&end=99999&step=1",
        400,
        "bad_data",
        "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query "
        "resolution (?step=XX)");
    row("query_range?query=memory_bytes[5m]&start=1&end=5&step=1", 400, "bad_data", "");
    row("series", 400, "bad_data", "no match[] parameter provided");
    row("series?match[]=", 400, "bad_data", "");
    row("series?match[]=sum(x)", 400, "bad_data", "");
    row("labels?match[]={}", 400, "bad_data", "");
    row("label/bad-name/values", 400, "bad_data", "invalid label name: \"bad-name\"");
    row("format_query?query=(", 400, "bad_data", "");
    row("query_range?query=sum(1)&start=1&end=5&step=1", 400, "bad_data", "");
    row("query?query=memory_bytes&time=1700001000&timeout=0s", 503, "timeout", "");
}

void PrometheusApiTest::errors()
{
    QFETCH(QString, path);
    QFETCH(int, status);
    QFETCH(QString, type);
    QFETCH(QString, message);
    const QString url = QStringLiteral("/api/v1/") + path.section(QLatin1Char('?'), 0, 0);
    const auto parameters = parametersOf(path.section(QLatin1Char('?'), 1));
    const auto ours = m_http.get(m_ours.url() + url, parameters);
    QCOMPARE(ours.status, status);
    QCOMPARE(ours.json()[QLatin1String("status")].toString(), QStringLiteral("error"));
    QCOMPARE(ours.json()[QLatin1String("errorType")].toString(), type);
    const QString text = ours.json()[QLatin1String("error")].toString();
    QVERIFY(!text.isEmpty());
    if (!message.isEmpty()) {
        QCOMPARE(text, message);
    }
    if (m_theirs) {
        const auto theirs = m_http.get(m_theirs->url() + url, parameters);
        QCOMPARE(ours.status, theirs.status);
        QCOMPARE(type, theirs.json()[QLatin1String("errorType")].toString());
    }
}

void PrometheusApiTest::absurdTimeIsRefused() // Prometheus lets it overflow
{
    const auto answer = m_http.get(
        m_ours.url() + QStringLiteral("/api/v1/query"),
        {{QStringLiteral("query"), QStringLiteral("1")},
         {QStringLiteral("time"), QStringLiteral("1e30")}});
    QCOMPARE(answer.status, 400);
    QCOMPARE(
        answer.json()[QLatin1String("error")].toString(),
        QStringLiteral("invalid parameter \"time\": cannot parse \"1e30\" to a valid timestamp"));
}

void PrometheusApiTest::postTakesAForm()
{
    const auto answer = m_http.post(
        m_ours.url() + QStringLiteral("/api/v1/query"),
        {{QStringLiteral("query"), QStringLiteral("1 + 1")},
         {QStringLiteral("time"), QStringLiteral("7")}});
    QCOMPARE(answer.status, 200);
    QCOMPARE(
        answer.body,
        QByteArray(R"({"status":"success","data":{"resultType":"scalar","result":[7,"2"]}})"));
}

void PrometheusApiTest::catalogueOfTheServer()
{
    const auto get = [this](const char* path) {
        return m_http.get(m_ours.url() + QStringLiteral("/api/v1/") + QLatin1String(path))
            .json()[QLatin1String("data")]
            .toObject();
    };
    const auto target = get("targets")["activeTargets"].toArray().first().toObject();
    QCOMPARE(target["scrapePool"].toString(), QStringLiteral("api"));
    QCOMPARE(target["health"].toString(), QStringLiteral("down"));
    QCOMPARE(target["lastError"].toString(), QStringLiteral("connection \"refused\""));
    QCOMPARE(target["scrapeInterval"].toString(), QStringLiteral("1s"));
    QVERIFY(get("targets?state=dropped")["activeTargets"].toArray().isEmpty());
    const auto metric = get("metadata")["requests_total"].toArray().first().toObject();
    QCOMPARE(metric["type"].toString(), QStringLiteral("counter"));
    QCOMPARE(metric["help"].toString(), QStringLiteral("Requests.\nAll"));
    QCOMPARE(get("metadata?limit=1").size(), 1);
    QCOMPARE(get("metadata?metric=up").keys(), QStringList{QStringLiteral("up")});
    QCOMPARE(get("status/buildinfo")["version"].toString(), QStringLiteral("2.42.0"));
}

void PrometheusApiTest::storeStatusCounts()
{
    const auto answer = m_http.get(m_ours.url() + QStringLiteral("/api/v1/status/tsdb"));
    QCOMPARE(answer.status, 200);
    const auto data = answer.json()[QLatin1String("data")].toObject();
    QCOMPARE(
        data["headStats"].toObject()["numSeries"].toInt(),
        static_cast<int>(awkwardSeries().size()));
    const auto first = data["seriesCountByMetricName"].toArray().first().toObject();
    QCOMPARE(first["name"].toString(), QStringLiteral("http_requests_total"));
    QCOMPARE(first["value"].toInt(), 18);
}

void PrometheusApiTest::busyExecutorIsSaidSo()
{
    std::atomic<bool> release{false}; // outlives the executor's tasks
    promql::RecordedSource source;
    platform::Executor executor("busy", 1, 1);
    const QueryEngine queries(source, executor, systemClock());
    const PrometheusApi api(queries, systemClock(), {}, {});
    platform::Router router;
    api.addTo(router);
    const auto block = [&] {
        while (!release) {
            std::this_thread::yield();
        }
    };
    // One runs, one waits: then the queue is full.
    QVERIFY(executor.submit(block).ok());
    QTRY_COMPARE(executor.status().active, 1);
    QVERIFY(executor.submit(block).ok());
    const auto match = router.find("GET", "/api/v1/query");
    QVERIFY(match.handler != nullptr);
    platform::HttpRequest request;
    request.parameters = {{"query", "1"}};
    platform::HttpResponse response;
    (*match.handler)(request, [&](platform::HttpResponse answer) { response = std::move(answer); });
    release = true;
    QCOMPARE(response.status, 429);
}

} // namespace pilothouse::test

QTEST_GUILESS_MAIN(pilothouse::test::PrometheusApiTest)
#include "PrometheusApiTest.moc"
