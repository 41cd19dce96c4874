// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/metrics/MetricsProbe.h"
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"

#include <QDateTime>
#include <QDir>
#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

/// Times of the raw samples of one series in the last minutes.
std::vector<qint64> sampleTimes(MetricsProbe& probe)
{
    v1::QueryResponse response;
    std::vector<qint64> times;
    if (probe.query("node_load1[10m]", response).ok() && response.matrix_size() == 1) {
        qint64 time = 0;
        for (const auto step : response.matrix(0).time_ms()) {
            time += step;
            times.push_back(time);
        }
    }
    return times;
}

} // namespace

class RestartTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aKilledServerLosesAtMostTwoSeconds()
    {
        TestServer::Options options;
        options.folder = makeWorkFolder();
        qint64 first = 0;
        qint64 newest = 0;
        {
            TestServer server(options);
            QVERIFY2(server.start(), qPrintable(server.log()));
            MetricsProbe probe(server.socketAddress());
            QVERIFY(waitUntil([&] { return sampleTimes(probe).size() >= 8; }, 30000));
            const auto times = sampleTimes(probe);
            first = times.front();
            newest = times.back();
            server.kill();
        }
        // Long enough for a gap that a chart can show.
        QVERIFY(waitUntil([&] { return QDateTime::currentMSecsSinceEpoch() > newest + 4000; }));
        TestServer server(options);
        QVERIFY2(server.start(), qPrintable(server.log()));
        MetricsProbe probe(server.socketAddress());
        QVERIFY(waitUntil([&] {
            const auto times = sampleTimes(probe);
            return !times.empty() && times.back() > newest + 4000;
        }));
        const auto times = sampleTimes(probe);
        QCOMPARE(times.front(), first);
        qint64 restored = 0;
        for (const qint64 time : times) {
            restored = time <= newest ? time : restored;
        }
        QVERIFY2(restored >= newest - 2000, std::to_string(newest - restored).c_str());

        // While nobody collected there was nothing, and the answer says so.
        v1::QueryRequest request;
        request.set_expression("node_load1");
        request.mutable_time()->set_seconds((newest + 3500) / 1000);
        v1::QueryResponse response;
        grpc::ClientContext context;
        QVERIFY(probe.stub().Query(&context, request, &response).ok());
        QCOMPARE(response.vector_size(), 0);
        QVERIFY(server.stop());
        QDir(options.folder).removeRecursively();
    }
};

QTEST_GUILESS_MAIN(RestartTest)
#include "RestartTest.moc"
