// SPDX-License-Identifier: Apache-2.0
// What bounds the metrics, and targets behind TLS.
#include "tests/integration/metrics/MetricsProbe.h"
#include "tests/integration/metrics/PageServer.h"
#include "tests/support/Programs.h"
#include "tests/support/api/ApiClient.h"
#include "tests/support/client_server/CertificateMaker.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr const char* kConfig = R"(
[grpc]
certificate_file = "server.pem"
key_file = "server.key"
[http]
tls = true
token_file = "token"
[redis]
enabled = false
[metrics]
retention = "2h"
max_series = 8000
max_points_per_series = 500
collect_interval = "300ms"
query_timeout = "1s"
max_query_samples = 300000
[[metrics.scrape]]
job = "bomb"
targets = ["%1"]
[[metrics.scrape]]
job = "self"
scheme = "https"
ca_file = "ca.pem"
token_file = "token"
files = ["self.json"]
[[metrics.scrape]]
job = "distrustful"
scheme = "https"
token_file = "token"
files = ["self.json"]
[[metrics.scrape]]
job = "nameless"
scheme = "https"
ca_file = "ca.pem"
files = ["self.json"]
)";

} // namespace

class LimitsTest : public QObject
{
    Q_OBJECT

private:
    QString m_folder;
    PageServer m_bomb;
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<MetricsProbe> m_probe;

    void write(const char* name, const QByteArray& text) const
    {
        QFile file(m_folder + QLatin1Char('/') + QLatin1String(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    v1::GetStoreStatusResponse store() const
    {
        grpc::ClientContext context;
        v1::GetStoreStatusResponse status;
        m_probe->stub().GetStoreStatus(&context, {}, &status);
        return status;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = makeWorkFolder();
        const Issued authority = makeCertificate({.commonName = "CA", .isAuthority = true});
        const Issued own = makeCertificate({.issuer = &authority});
        write("ca.pem", QByteArray::fromStdString(authority.certificatePem));
        write("server.pem", QByteArray::fromStdString(own.certificatePem));
        write("server.key", QByteArray::fromStdString(own.keyPem));
        write("token", "a-long-random-word\n");
        m_bomb.setPage(QByteArray("quiet 1\n"));
        TestServer::Options options;
        options.folder = m_folder;
        options.config = QString::fromLatin1(kConfig).arg(QString::fromUtf8(m_bomb.address()));
        options.startDeadlineMs = 90000;
        m_server = std::make_unique<TestServer>(options);
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_probe = std::make_unique<MetricsProbe>(m_server->socketAddress());
    }

    void cleanupTestCase()
    {
        m_probe.reset();
        QVERIFY2(m_server->stop(), qPrintable(m_server->log()));
        QDir(m_folder).removeRecursively();
    }

    void targetsBehindTls()
    {
        // It scrapes itself: only now is its port known.
        write("self.json", "[{\"targets\": [\"" + m_server->httpUrl().mid(7).toUtf8() + "\"]}]");
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->value("up{job=\"self\"}").value_or(-1), 1.0, 20000);
        QTRY_VERIFY_WITH_TIMEOUT(
            m_probe->value("pilothouse_scrapes_total{job=\"self\",result=\"success\"}")
                    .value_or(0) > 0,
            20000);
        const auto error = [&](const char* job) {
            const auto target = m_probe->target(job);
            return QString::fromStdString(target ? target->last_error() : std::string());
        };
        QTRY_VERIFY2_WITH_TIMEOUT(
            error("distrustful").contains(QStringLiteral("certificate is not believed")),
            qPrintable(error("distrustful")),
            20000);
        QTRY_VERIFY2_WITH_TIMEOUT(
            error("nameless").contains(QStringLiteral("401")),
            qPrintable(error("nameless")),
            20000);
        // The token is shown to nobody.
        QVERIFY(!m_server->log().contains(QStringLiteral("a-long-random-word")));
    }

    void configuredBoundsAreTold()
    {
        const auto status = store();
        QCOMPARE(status.series_limit(), 8000);
        QCOMPARE(status.retention().seconds(), 2 * 3600);
    }

    void collectorsKeepTheirInterval()
    {
        v1::QueryResponse response;
        QTRY_VERIFY_WITH_TIMEOUT(
            m_probe->query("node_load1[1m]", response).ok() && response.matrix_size() == 1 &&
                response.matrix(0).time_ms_size() > 8,
            20000);
        // After the first, times are differences; a busy machine only makes some of them longer.
        const auto& times = response.matrix(0).time_ms();
        QVERIFY(*std::min_element(times.begin() + 1, times.end()) <= 310);
    }

    void aQueryThatHoldsTooMuchIsRefused()
    {
        v1::QueryResponse response;
        const auto status = m_probe->query("sum_over_time(vector(1)[1d:200ms])", response);
        QCOMPARE(int(status.error_code()), int(grpc::StatusCode::RESOURCE_EXHAUSTED));
        QVERIFY(m_probe->query("sum_over_time(vector(1)[1h:200ms])", response).ok());
    }

    void aQueryThatTakesTooLongIsStopped()
    {
        // One series, ten thousand windows of a quarter million samples each: minutes of work.
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
        v1::QueryRangeRequest request;
        request.set_expression("avg_over_time(vector(1)[70h:1s])");
        request.mutable_start()->set_seconds(1700000000);
        request.mutable_end()->set_seconds(1700010000);
        request.mutable_step()->set_seconds(1);
        v1::QueryRangeResponse response;
        QElapsedTimer timer;
        timer.start();
        const auto status = m_probe->stub().QueryRange(&context, request, &response);
        QVERIFY2(
            status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED,
            status.error_message().c_str());
        QVERIFY2(
            status.error_message().find("timed out") != std::string::npos,
            status.error_message().c_str());
        qInfo("stopped after %lld ms", timer.elapsed());
    }

    void aBombOfSeriesStopsAtTheLimitAndIsSaid()
    {
        QByteArray page("quiet 1\n");
        for (int number = 0; number < 9000; ++number) {
            page += "bomb{id=\"" + QByteArray::number(number) + "\"} 1\n";
        }
        QTRY_VERIFY(m_probe->value("quiet").has_value());
        m_bomb.setPage(page);
        QTRY_VERIFY_WITH_TIMEOUT(store().series_rejected() > 0, 30000);
        QVERIFY(store().series() <= 8000);
        ApiClient client(socketChannel(*m_server));
        QTRY_COMPARE_WITH_TIMEOUT(
            client.componentState("metrics-store"), std::string("degraded"), 20000);
        const auto health = client.health();
        bool isSaid = false;
        for (const auto& component : health.value.health().components()) {
            isSaid =
                isSaid || component.message().find("limit of 8000 series") != std::string::npos;
        }
        QVERIFY(isSaid);
        // What was there before goes on.
        QVERIFY(m_probe->value("quiet").has_value());
        QVERIFY(m_probe->value("count(node_cpu_seconds_total)").value_or(0) > 0);
        m_bomb.setPage(QByteArray("quiet 1\n"));
    }
};

QTEST_GUILESS_MAIN(LimitsTest)
#include "LimitsTest.moc"
