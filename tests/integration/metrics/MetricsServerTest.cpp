// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/metrics/MetricsProbe.h"
#include "tests/integration/metrics/PageServer.h"
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

/// The times of a series in milliseconds; on the wire they are differences.
std::vector<qint64> timesOf(const v1::SeriesPoints& series)
{
    std::vector<qint64> times;
    qint64 time = 0;
    for (const auto step : series.time_ms()) {
        time += step;
        times.push_back(time);
    }
    return times;
}

v1::WatchQueryRequest watchRequest(const char* expression, int seconds, int maxPoints = 0)
{
    v1::WatchQueryRequest request;
    request.set_expression(expression);
    request.mutable_window()->set_seconds(seconds);
    request.set_max_points(maxPoints);
    return request;
}

} // namespace

class MetricsServerTest : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<PageServer> m_shop;
    std::unique_ptr<PageServer> m_sick;
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<MetricsProbe> m_probe;
    QString m_targetFolder;
    std::atomic<int> m_orders = 0;

    void writeTargets(const QByteArray& text)
    {
        const QString name = m_targetFolder + QStringLiteral("/targets.json");
        QFile file(name + QStringLiteral(".new"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        QFile::remove(name);
        QVERIFY(file.rename(name));
    }

    bool becomes(const std::string& expression, double wanted)
    {
        return waitUntil([&] { return m_probe->value(expression) == wanted; }, 20000);
    }

    bool vanishes(const std::string& expression)
    {
        return waitUntil(
            [&] {
                v1::QueryResponse response;
                return m_probe->query(expression, response).ok() && response.vector_size() == 0;
            },
            20000);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_shop = std::make_unique<PageServer>();
        m_sick = std::make_unique<PageServer>();
        m_shop->setPage([this] {
            return "# TYPE orders_total counter\n# HELP orders_total Orders.\norders_total " +
                   QByteArray::number(++m_orders) + "\nstock{item=\"a\",job=\"theirs\"} 7\n";
        });
        m_targetFolder = makeWorkFolder();
        TestServer::Options options;
        options.config = QStringLiteral("[[metrics.scrape]]\n"
                                        "job = \"shop\"\n"
                                        "interval = \"200ms\"\n"
                                        "timeout = \"200ms\"\n"
                                        "targets = [\"%1\"]\n"
                                        "labels = { env = \"test\" }\n"
                                        "[[metrics.scrape]]\n"
                                        "job = \"sick\"\n"
                                        "interval = \"300ms\"\n"
                                        "timeout = \"300ms\"\n"
                                        "targets = [\"%2\"]\n"
                                        "body_limit = \"1MiB\"\n"
                                        "sample_limit = 1000\n"
                                        "label_limit = 20\n"
                                        "label_value_limit = 200\n"
                                        "[[metrics.scrape]]\n"
                                        "job = \"listed\"\n"
                                        "interval = \"200ms\"\n"
                                        "timeout = \"200ms\"\n"
                                        "files = [\"%3/*.json\"]\n")
                             .arg(
                                 QString::fromUtf8(m_shop->address()),
                                 QString::fromUtf8(m_sick->address()),
                                 m_targetFolder);
        m_server = std::make_unique<TestServer>(options);
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_probe = std::make_unique<MetricsProbe>(m_server->socketAddress());
    }

    void cleanupTestCase()
    {
        m_probe.reset();
        QVERIFY2(m_server->stop(), qPrintable(m_server->log()));
        m_server.reset();
        QDir(m_targetFolder).removeRecursively();
    }

    void scrapesATarget()
    {
        QVERIFY(becomes("up{job=\"shop\"}", 1));
        QVERIFY(becomes("stock{item=\"a\",exported_job=\"theirs\",job=\"shop\",env=\"test\"}", 7));
        QVERIFY(becomes("scrape_samples_scraped{job=\"shop\"}", 2));
        QVERIFY(
            waitUntil([&] { return m_probe->value("rate(orders_total[5s])").value_or(0) > 2; }));
        const auto target = m_probe->target("shop");
        QVERIFY(target.has_value());
        QCOMPARE(int(target->health()), int(v1::Target::HEALTH_UP));
        QCOMPARE(target->last_samples(), 2);
        QCOMPARE(QByteArray::fromStdString(target->labels().at("instance")), m_shop->address());
    }

    void collectsTheHostAndItself()
    {
        for (const char* expression :
             {"count(node_cpu_seconds_total{mode=\"idle\"}) > bool 0",
              "node_memory_MemTotal_bytes > bool 0",
              "process_resident_memory_bytes{job=\"pilothouse\"} > bool 0",
              "up{job=\"node\"}",
              "up{job=\"pilothouse\"}"}) {
            QVERIFY2(becomes(expression, 1), expression);
        }
        QVERIFY(waitUntil([&] {
            return m_probe->value("pilothouse_scrapes_total{result=\"success\"}").value_or(0) > 5;
        }));
    }

    void badPagesAreErrorsOfThatTargetOnly_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QByteArray>("endless");
        QTest::addColumn<QByteArray>("says");
        const auto page = [](const QByteArray& body) {
            return "HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(body.size()) +
                   "\r\n\r\n" + body;
        };
        const QByteArray chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        QByteArray many;
        for (int number = 0; number < 1500; ++number) {
            many += "many{n=\"" + QByteArray::number(number) + "\"} 1\n";
        }
        QByteArray bomb = "bomb{";
        for (int number = 0; number < 30; ++number) {
            bomb += "l" + QByteArray::number(number) + "=\"x\",";
        }
        bomb += "} 1\n";
        QTest::newRow("malformed") << page("broken{ 1\n") << QByteArray() << QByteArray("line 1");
        QTest::newRow("not HTTP") << QByteArray("hello\r\n\r\n") << QByteArray()
                                  << QByteArray("not HTTP");
        QTest::newRow("status 500") << QByteArray("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
                                    << QByteArray() << QByteArray("500");
        QTest::newRow("redirect")
            << QByteArray("HTTP/1.1 302 No\r\nLocation: http://x/\r\nContent-Length: 0\r\n\r\n")
            << QByteArray() << QByteArray("302");
        // Whichever comes first on a busy machine.
        QTest::newRow("endless") << chunked << QByteArray("5\r\nup 1\n\r\n").repeated(500)
                                 << QByteArray("limit|within");
        QTest::newRow("huge") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
                              << QByteArray() << QByteArray("limit");
        QTest::newRow("slow") << QByteArray() << QByteArray() << QByteArray("within");
        QTest::newRow("too many samples") << page(many) << QByteArray() << QByteArray("1000");
        QTest::newRow("label bomb") << page(bomb) << QByteArray() << QByteArray("label");
        QTest::newRow("label value bomb") << page("bomb{a=\"" + QByteArray(100000, 'x') + "\"} 1\n")
                                          << QByteArray() << QByteArray("200");
        QTest::newRow("one line without end")
            << chunked << "8000\r\n" + QByteArray(0x8000, 'x') + "\r\n"
            << QByteArray("limit|within");
        QTest::newRow("header without end")
            << QByteArray("HTTP/1.1 200 OK\r\n") << QByteArray("X-Bomb: y\r\n").repeated(100)
            << QByteArray("header|within");
    }

    void badPagesAreErrorsOfThatTargetOnly()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QByteArray, endless);
        QFETCH(QByteArray, says);
        m_sick->setPage(QByteArray("healthy 1\n"));
        QVERIFY(becomes("up{job=\"sick\"}", 1));
        QVERIFY(becomes("healthy", 1));
        m_sick->setRaw(answer, endless);
        QVERIFY(becomes("up{job=\"sick\"}", 0));
        // What the target had before has ended, not frozen.
        QVERIFY(vanishes("healthy"));
        const auto target = m_probe->target("sick");
        QCOMPARE(int(target->health()), int(v1::Target::HEALTH_DOWN));
        QVERIFY2(
            QString::fromStdString(target->last_error())
                .contains(QRegularExpression(QString::fromUtf8(says))),
            target->last_error().c_str());
        QCOMPARE(m_probe->value("up{job=\"shop\"}"), std::optional(1.0));
        QVERIFY(m_server->isRunning());
    }

    void timesOfThePageAreHonoured()
    {
        const qint64 time = QDateTime::currentMSecsSinceEpoch() - 30000;
        m_sick->setPage("stamped 5 " + QByteArray::number(time) + "\n");
        QVERIFY(waitUntil([&] {
            const auto seen = m_probe->value("timestamp(stamped)");
            return seen && std::abs(*seen * 1000 - double(time)) < 1;
        }));
    }

    void aSeriesThatVanishesEnds()
    {
        m_sick->setPage(QByteArray("stays 1\ngoes 2\n"));
        QVERIFY(becomes("goes", 2));
        m_sick->setPage(QByteArray("stays 1\n"));
        QVERIFY(vanishes("goes"));
        QVERIFY(becomes("stays", 1));
    }

    void filesOfTargetsAreFollowed()
    {
        PageServer listed;
        listed.setPage(QByteArray("listed_value 3\n"));
        writeTargets(
            "[{\"targets\": [\"" + listed.address() + "\"], \"labels\": {\"zone\": \"east\"}}]");
        QVERIFY(becomes("listed_value{job=\"listed\",zone=\"east\"}", 3));
        // A broken file changes nothing.
        writeTargets("[{\"targets\": ");
        const int before = listed.requests();
        QVERIFY(waitUntil([&] { return listed.requests() > before + 5; }));
        QVERIFY(m_probe->target("listed").has_value());
        writeTargets("[]");
        QVERIFY(vanishes("listed_value"));
        QVERIFY(vanishes("up{job=\"listed\"}"));
        QVERIFY(!m_probe->target("listed").has_value());
    }

    void watchBeginsWithTheWindowAndGoesOnEachSecond()
    {
        QueryWatcher watcher(*m_probe, watchRequest("sum by (job) (up{job=\"shop\"})", 60));
        QVERIFY(waitUntil([&] { return watcher.count() >= 4; }));
        const auto messages = watcher.messages();
        QVERIFY(messages[0].snapshot());
        QVERIFY(messages[0].series_size() == 1);
        qint64 last = timesOf(messages[0].series(0)).back();
        for (std::size_t at = 1; at < messages.size(); ++at) {
            QVERIFY(!messages[at].snapshot());
            QVERIFY(messages[at].error().empty());
            const auto times = timesOf(messages[at].series(0));
            QCOMPARE(times.front(), last + 1000);
            last = times.back();
        }
    }

    void oneEvaluationForManyWatchers()
    {
        const char* const counter = "pilothouse_live_evaluations_total";
        std::vector<std::unique_ptr<QueryWatcher>> watchers;
        for (int number = 0; number < 25; ++number) {
            watchers.push_back(std::make_unique<QueryWatcher>(
                *m_probe, watchRequest("count(node_cpu_seconds_total)", 300)));
        }
        QVERIFY(waitUntil([&] {
            return std::all_of(watchers.begin(), watchers.end(), [](const auto& watcher) {
                return watcher->count() >= 2;
            });
        }));
        const double before = m_probe->value(counter).value_or(0);
        const std::size_t messages = watchers[0]->count();
        QVERIFY(waitUntil([&] { return watchers[0]->count() >= messages + 5; }));
        const double evaluations = m_probe->value(counter).value_or(0) - before;
        // 25 watchers, five messages each: five evaluations, and a margin for the scrape's own
        // second.
        QVERIFY2(evaluations <= 8, std::to_string(evaluations).c_str());
        QVERIFY(m_probe->value("pilothouse_live_watchers").value_or(0) >= 25);
    }

    void resumesAfterTheLastMessage()
    {
        v1::WatchQueryRequest request = watchRequest("max(up{job=\"shop\"})", 120);
        std::string token;
        qint64 last = 0;
        {
            QueryWatcher watcher(*m_probe, request);
            QVERIFY(waitUntil([&] { return watcher.count() >= 3; }));
            const auto messages = watcher.messages();
            token = messages.back().resume_token();
            last = timesOf(messages.back().series(0)).back();
        }
        request.set_resume_token(token);
        QueryWatcher again(*m_probe, request);
        QVERIFY(waitUntil([&] {
            const auto messages = again.messages();
            return !messages.empty() && messages.back().series_size() > 0;
        }));
        const auto messages = again.messages();
        QVERIFY(std::none_of(messages.begin(), messages.end(), [](const auto& message) {
            return message.snapshot();
        }));
        const auto first = std::find_if(messages.begin(), messages.end(), [](const auto& message) {
            return message.series_size() > 0;
        });
        QCOMPARE(timesOf(first->series(0)).front(), last + 1000);
    }

    void neverMoreThanMaxPoints()
    {
        QueryWatcher watcher(*m_probe, watchRequest("vector(time() % 7)", 3600, 50));
        std::size_t held = 0;
        int snapshots = 0;
        QVERIFY(waitUntil([&] { return watcher.count() >= 3; }));
        for (const auto& message : watcher.messages()) {
            snapshots += message.snapshot() ? 1 : 0;
            held = message.snapshot() ? 0 : held;
            held += message.series_size() > 0 ? std::size_t(message.series(0).values_size()) : 0;
            QVERIFY(held <= 50);
        }
        QCOMPARE(snapshots, 1);
        const auto messages = watcher.messages();
        const auto& values = messages[0].series(0).values();
        QCOMPARE(*std::max_element(values.begin(), values.end()), 6.0);
        QCOMPARE(*std::min_element(values.begin(), values.end()), 0.0);
    }

    void aBadExpressionNamesThePosition()
    {
        QueryWatcher watcher(*m_probe, watchRequest("sum(up", 60));
        QVERIFY(waitUntil([&] { return watcher.isEnded(); }));
        QVERIFY2(
            watcher.status().error_code() == grpc::StatusCode::INVALID_ARGUMENT,
            watcher.status().error_message().c_str());
        QVERIFY2(
            watcher.status().error_message().find("1:7") != std::string::npos,
            watcher.status().error_message().c_str());
        v1::QueryResponse response;
        const grpc::Status status = m_probe->query("rate(up)", response);
        QCOMPARE(int(status.error_code()), int(grpc::StatusCode::INVALID_ARGUMENT));
    }

    void anEvaluationErrorTravelsInTheStream()
    {
        // Both sides have several series with the same empty set of labels.
        QueryWatcher watcher(
            *m_probe, watchRequest("up * on() group_left() node_cpu_seconds_total", 60));
        QVERIFY(waitUntil([&] { return watcher.count() >= 2; }));
        QVERIFY(!watcher.isEnded());
        QVERIFY(!watcher.messages().back().error().empty());
    }

    void aWatcherThatDoesNotReadIsConflated()
    {
        // Wide enough that a handful of messages fills every buffer on the way.
        const auto request = watchRequest("{__name__=~\"node_.*\"}", 300);
        QueryWatcher reader(*m_probe, request);
        QueryWatcher sleeper(*m_probe, request);
        QVERIFY(waitUntil([&] { return sleeper.count() >= 1; }));
        sleeper.setReading(false);
        const std::size_t before = reader.count();
        QVERIFY(waitUntil([&] { return reader.count() >= before + 10; }, 30000));
        sleeper.setReading(true);
        QVERIFY(waitUntil([&] {
            const auto messages = sleeper.messages();
            return std::any_of(messages.begin(), messages.end(), [](const auto& message) {
                return message.conflated() > 0;
            });
        }));
        // Nothing is missing, whether it was folded on the way or not.
        qint64 last = 0;
        for (const auto& message : sleeper.messages()) {
            if (message.series_size() == 0) {
                continue;
            }
            const auto times = timesOf(message.series(0));
            QVERIFY(message.snapshot() || times.front() > last);
            last = times.back();
        }
    }

    void listsWhatThereIs()
    {
        grpc::ClientContext context;
        v1::ListMetricsRequest request;
        request.set_search("ORDERS");
        v1::ListMetricsResponse response;
        QVERIFY(m_probe->stub().ListMetrics(&context, request, &response).ok());
        QCOMPARE(response.metrics_size(), 1);
        QCOMPARE(response.metrics(0).help(), std::string("Orders."));
        QCOMPARE(int(response.metrics(0).type()), int(v1::METRIC_TYPE_COUNTER));

        grpc::ClientContext statusContext;
        v1::GetStoreStatusResponse status;
        QVERIFY(m_probe->stub().GetStoreStatus(&statusContext, {}, &status).ok());
        QVERIFY(status.series() > 100);
        QVERIFY(status.series_limit() > status.series());
    }

    void seriesComeInPages()
    {
        v1::ListSeriesRequest request;
        request.add_matches("{__name__=~\"node_(cpu|memory|vmstat).*\"}");
        request.set_page_size(30);
        std::vector<std::string> seen;
        int pages = 0;
        do {
            grpc::ClientContext context;
            v1::ListSeriesResponse response;
            const grpc::Status status = m_probe->stub().ListSeries(&context, request, &response);
            QVERIFY2(status.ok(), status.error_message().c_str());
            QVERIFY(response.series_size() <= 30);
            for (const auto& labels : response.series()) {
                std::map<std::string, std::string> sorted(
                    labels.labels().begin(), labels.labels().end());
                std::string text;
                for (const auto& [name, value] : sorted) {
                    text += name + "=" + value + ",";
                }
                seen.push_back(text);
            }
            request.set_page_token(response.next_page_token());
            ++pages;
        } while (!request.page_token().empty() && pages < 100);
        QVERIFY(pages > 1);
        const std::size_t count = seen.size();
        std::sort(seen.begin(), seen.end());
        seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
        QCOMPARE(seen.size(), count);
        QCOMPARE(
            m_probe->value("count({__name__=~\"node_(cpu|memory|vmstat).*\"})"),
            std::optional(double(count)));

        // A token is good for its own question only.
        grpc::ClientContext first;
        v1::ListSeriesResponse response;
        request.clear_page_token();
        QVERIFY(m_probe->stub().ListSeries(&first, request, &response).ok());
        request.set_page_token(response.next_page_token());
        request.set_matches(0, "up");
        grpc::ClientContext second;
        QCOMPARE(
            int(m_probe->stub().ListSeries(&second, request, &response).error_code()),
            int(grpc::StatusCode::INVALID_ARGUMENT));
    }

    void newestSamplesOfManySeries()
    {
        grpc::ClientContext context;
        v1::WatchSeriesRequest request;
        request.add_matches("{job=\"node\"}");
        request.set_limit(50);
        request.set_history_points(10);
        const auto reader = m_probe->stub().WatchSeries(&context, request);
        v1::WatchSeriesResponse message;
        QVERIFY(reader->Read(&message));
        QVERIFY(message.snapshot());
        QCOMPARE(message.series_size(), 50);
        QVERIFY(message.total_series() > 50);
        for (const auto& series : message.series()) {
            QVERIFY(series.values_size() <= 10);
        }
        int withPoints = 0;
        for (int round = 0; round < 5 && withPoints == 0; ++round) {
            QVERIFY(reader->Read(&message));
            QVERIFY(!message.snapshot());
            withPoints += message.series_size();
        }
        QVERIFY(withPoints > 0);
        context.TryCancel();
        while (reader->Read(&message)) {
        }
        reader->Finish();
    }
};

QTEST_GUILESS_MAIN(MetricsServerTest)
#include "MetricsServerTest.moc"
