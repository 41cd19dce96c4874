// SPDX-License-Identifier: Apache-2.0
#include "server/config/Values.h"

#include <QTest>

using namespace pilothouse::config;

class TestValues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsDurations_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qlonglong>("milliseconds"); // -1 = refused
        QTest::newRow("milliseconds") << "250ms" << 250LL;
        QTest::newRow("seconds") << "5s" << 5000LL;
        QTest::newRow("minutes") << "10m" << 600000LL;
        QTest::newRow("hours") << "24h" << 86400000LL;
        QTest::newRow("days") << "7d" << 604800000LL;
        QTest::newRow("weeks") << "2w" << 1209600000LL;
        QTest::newRow("sum") << "1h30m" << 5400000LL;
        QTest::newRow("zero") << "0" << 0LL;
        QTest::newRow("empty") << "" << -1LL;
        QTest::newRow("no unit") << "5" << -1LL;
        QTest::newRow("unit only") << "s" << -1LL;
        QTest::newRow("unknown unit") << "5y" << -1LL;
        QTest::newRow("negative") << "-5s" << -1LL;
        QTest::newRow("fraction") << "1.5s" << -1LL;
        QTest::newRow("space") << "5 s" << -1LL;
        QTest::newRow("too large") << "99999999999999999w" << -1LL;
        QTest::newRow("too many digits") << "99999999999999999999999999s" << -1LL;
    }

    void readsDurations()
    {
        QFETCH(QString, text);
        QFETCH(qlonglong, milliseconds);
        const auto value = parseDuration(text.toStdString());
        QCOMPARE(value.ok(), milliseconds >= 0);
        if (value.ok()) {
            QCOMPARE(absl::ToInt64Milliseconds(*value), milliseconds);
            QVERIFY(parseDuration(formatDuration(*value)).value() == *value);
        }
    }

    void readsSizes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qlonglong>("bytes"); // -1 = refused
        QTest::newRow("binary") << "32MiB" << 33554432LL;
        QTest::newRow("decimal") << "500KB" << 500000LL;
        QTest::newRow("bare") << "4096" << 4096LL;
        QTest::newRow("space") << "1 GiB" << 1073741824LL;
        QTest::newRow("unknown") << "3XB" << -1LL;
        QTest::newRow("empty") << "" << -1LL;
        QTest::newRow("overflow") << "9999999999TiB" << -1LL;
    }

    void readsSizes()
    {
        QFETCH(QString, text);
        QFETCH(qlonglong, bytes);
        const auto value = parseSize(text.toStdString());
        QCOMPARE(value.ok(), bytes >= 0);
        if (value.ok()) {
            QCOMPARE(qlonglong(*value), bytes);
            QCOMPARE(qlonglong(parseSize(formatSize(*value)).value()), bytes);
        }
    }

    void readsAddresses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("host"); // empty = refused
        QTest::addColumn<int>("port");
        QTest::newRow("v4") << "127.0.0.1:7443"
                            << "127.0.0.1" << 7443;
        QTest::newRow("v6") << "[::1]:80"
                            << "::1" << 80;
        QTest::newRow("any port") << "localhost:0"
                                  << "localhost" << 0;
        QTest::newRow("no port") << "localhost"
                                 << "" << 0;
        QTest::newRow("empty port") << "localhost:"
                                    << "" << 0;
        QTest::newRow("no host") << ":80"
                                 << "" << 0;
        QTest::newRow("too large") << "a:65536"
                                   << "" << 0;
        QTest::newRow("bare v6") << "::1:80"
                                 << "" << 0;
        QTest::newRow("url") << "http://a:80"
                             << "" << 0;
        QTest::newRow("letters") << "a:80x"
                                 << "" << 0;
    }

    void readsAddresses()
    {
        QFETCH(QString, text);
        QFETCH(QString, host);
        QFETCH(int, port);
        const auto value = parseHostPort(text.toStdString());
        QCOMPARE(value.ok(), !host.isEmpty());
        if (value.ok()) {
            QCOMPARE(QString::fromStdString(value->host), host);
            QCOMPARE(value->port, port);
        }
    }
};

QTEST_GUILESS_MAIN(TestValues)
#include "tst_Values.moc"
