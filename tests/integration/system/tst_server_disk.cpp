// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"
#include "tests/support/SmallDisk.h"
#include "tests/support/api/ApiClient.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <pilothouse/v1/metrics.grpc.pb.h>

#include <cmath>

using namespace pilothouse;
using test::ApiClient;

namespace {

constexpr const char* kSkip = "a disk of its own needs root that may mount";

} // namespace

/// The whole server when its data directory cannot be written, or can no longer.
class TstServerDisk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = test::makeWorkFolder(); }
    void cleanup() { QDir(m_folder).removeRecursively(); }

    void aDirectoryThatCannotBeWrittenIsOneClearLine_data()
    {
        QTest::addColumn<QByteArray>("options");
        QTest::addColumn<bool>("isReadOnly");
        QTest::addColumn<QString>("says");
        QTest::newRow("read-only")
            << QByteArray("size=4m,mode=0755") << true << QStringLiteral("Make it writable");
        QTest::newRow("full at the first start")
            << QByteArray("size=20m,mode=0755") << false << QStringLiteral("Free space");
        QTest::newRow("full from the beginning")
            << QByteArray("size=8k,mode=0755") << false << QStringLiteral("Free space");
    }

    void aDirectoryThatCannotBeWrittenIsOneClearLine()
    {
        QFETCH(QByteArray, options);
        QFETCH(bool, isReadOnly);
        QFETCH(QString, says);
        const test::SmallDisk disk(m_folder + QStringLiteral("/disk"), options.constData());
        if (!disk.isMounted() || (isReadOnly && !disk.makeReadOnly())) {
            QSKIP(kSkip);
        }
        for (const char* command : {"run", "init"}) {
            QStringList arguments{
                QLatin1String(command),
                QStringLiteral("--data-dir"),
                m_folder + QStringLiteral("/disk/data")};
            if (qstrcmp(command, "run") == 0) {
                arguments << QStringLiteral("--grpc-listen") << QStringLiteral("127.0.0.1:0")
                          << QStringLiteral("--http-listen") << QStringLiteral("127.0.0.1:0");
            }
            const auto result = test::runProgram(QStringLiteral("pilothoused"), arguments, 60000);
            QCOMPARE(result.exitCode, 1);
            QCOMPARE(result.out, QString());
            const QString last = result.err.trimmed().section(QLatin1Char('\n'), -1);
            QVERIFY2(last.startsWith(QStringLiteral("pilothoused: ")), qPrintable(result.err));
            QVERIFY2(last.contains(m_folder), qPrintable(result.err));
            QVERIFY2(last.contains(says), qPrintable(result.err));
        }
    }

    void aDiskThatFillsUpDegradesAndRecovers()
    {
        const test::SmallDisk disk(m_folder + QStringLiteral("/disk"), "size=160m,mode=0755");
        if (!disk.isMounted()) {
            QSKIP(kSkip);
        }
        test::TestServer::Options options;
        options.folder = m_folder + QStringLiteral("/disk");
        test::TestServer server(options);
        QVERIFY2(server.start(), qPrintable(server.log()));
        QVERIFY(test::makeAdministrator(server));
        ApiClient socket(test::socketChannel(server));
        ApiClient client(test::tlsChannel(server));
        const auto metrics = v1::MetricsService::NewStub(socket.channel());
        QTRY_VERIFY_WITH_TIMEOUT(newestSample(*metrics) > 0, 20000);

        // Somebody else's file takes the space.
        QFile other(m_folder + QStringLiteral("/disk/other"));
        QVERIFY(other.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
        for (int size = 1 << 20; size >= 1; size /= 16) {
            while (other.write(QByteArray(size, 'x')) == size) {
            }
        }
        QTRY_COMPARE_WITH_TIMEOUT(socket.componentState("disk"), std::string("unhealthy"), 30000);
        QTRY_COMPARE_WITH_TIMEOUT(
            socket.componentState("metrics-store"), std::string("degraded"), 60000);
        // Monitoring goes on in memory, and says so; what cannot be kept is refused.
        const double last = newestSample(*metrics);
        QTRY_VERIFY_WITH_TIMEOUT(newestSample(*metrics) > last + 2, 20000);
        QVERIFY(server.isRunning());

        QVERIFY(other.remove());
        QTRY_COMPARE_WITH_TIMEOUT(
            socket.componentState("metrics-store"), std::string("healthy"), 60000);
        QTRY_COMPARE_WITH_TIMEOUT(
            socket.componentState("control-database"), std::string("healthy"), 60000);
        QTRY_VERIFY_WITH_TIMEOUT(client.signIn("admin", test::kPassword).status.ok(), 30000);
        QVERIFY2(server.stop(), qPrintable(server.log()));
    }

private:
    /// Time of the newest sample of the host's load, in seconds; 0 when there is none.
    static double newestSample(v1::MetricsService::Stub& metrics)
    {
        test::ApiCall context;
        v1::QueryRequest request;
        request.set_expression("timestamp(node_load1)");
        v1::QueryResponse response;
        const bool ok = metrics.Query(&context.context, request, &response).ok();
        return ok && response.vector_size() == 1 ? response.vector(0).sample().value() : 0;
    }

    QString m_folder;
};

QTEST_GUILESS_MAIN(TstServerDisk)
#include "tst_server_disk.moc"
