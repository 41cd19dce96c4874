// SPDX-License-Identifier: Apache-2.0
#include "server/platform/redis/RedisAddress.h"
#include "server/platform/redis/Reply.h"

#include <QTest>

using namespace pilothouse::redis;

class TestRedisAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("place"); // empty = refused
        QTest::addColumn<QString>("password");
        QTest::newRow("host") << "redis://cache"
                              << "cache:6379/0"
                              << "";
        QTest::newRow("port") << "redis://cache:7000"
                              << "cache:7000/0"
                              << "";
        QTest::newRow("all") << "redis://:s3cret@cache:7000/4"
                             << "cache:7000/4"
                             << "s3cret";
        QTest::newRow("encoded") << "redis://:a%40b%2F@cache"
                                 << "cache:6379/0"
                                 << "a@b/";
        QTest::newRow("at sign") << "redis://:a@b@cache"
                                 << "cache:6379/0"
                                 << "a@b";
        QTest::newRow("v6") << "redis://[::1]:7000/1"
                            << "::1:7000/1"
                            << "";
        QTest::newRow("v6 without port") << "redis://[::1]"
                                         << "::1:6379/0"
                                         << "";
        QTest::newRow("slash") << "redis://cache/"
                               << "cache:6379/0"
                               << "";
        QTest::newRow("unix") << "unix:/run/r.sock"
                              << "unix:/run/r.sock"
                              << "";
        QTest::newRow("unix url") << "unix:///run/r.sock"
                                  << "unix:/run/r.sock"
                                  << "";
        QTest::newRow("relative") << "unix:run/r.sock"
                                  << ""
                                  << "";
        QTest::newRow("scheme") << "http://:s3cret@cache"
                                << ""
                                << "";
        QTest::newRow("tls") << "rediss://cache"
                             << ""
                             << "";
        QTest::newRow("user") << "redis://me:s3cret@cache"
                              << ""
                              << "";
        QTest::newRow("bad port") << "redis://:s3cret@cache:99999"
                                  << ""
                                  << "";
        QTest::newRow("port 0") << "redis://cache:0"
                                << ""
                                << "";
        QTest::newRow("bad database") << "redis://:s3cret@cache/x"
                                      << ""
                                      << "";
        QTest::newRow("negative database") << "redis://cache/-1"
                                           << ""
                                           << "";
        QTest::newRow("no host") << "redis://"
                                 << ""
                                 << "";
        QTest::newRow("empty") << ""
                               << ""
                               << "";
    }

    void reads()
    {
        QFETCH(QString, url);
        QFETCH(QString, place);
        QFETCH(QString, password);
        const auto address = RedisAddress::parse(url.toStdString());
        QCOMPARE(address.ok(), !place.isEmpty());
        if (address.ok()) {
            QCOMPARE(QString::fromStdString(address->place()), place);
            QCOMPARE(QString::fromStdString(address->password), password);
        } else {
            QVERIFY(address.status().message().find("s3cret") == std::string::npos);
        }
    }

    void serverErrorsBecomeStatuses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("code");
        const auto row = [](const char* text, absl::StatusCode code) {
            QTest::newRow(text) << text << static_cast<int>(code);
        };
        row("NOAUTH Authentication required.", absl::StatusCode::kPermissionDenied);
        row("WRONGPASS invalid username-password pair", absl::StatusCode::kPermissionDenied);
        row("LOADING Redis is loading the dataset in memory", absl::StatusCode::kUnavailable);
        row("OOM command not allowed when used memory > 'maxmemory'.",
            absl::StatusCode::kResourceExhausted);
        row("READONLY You can't write against a read only replica.",
            absl::StatusCode::kFailedPrecondition);
        row("ERR unknown command", absl::StatusCode::kInternal);
        row("", absl::StatusCode::kInternal);
    }

    void serverErrorsBecomeStatuses()
    {
        QFETCH(QString, text);
        QFETCH(int, code);
        QCOMPARE(static_cast<int>(errorFrom("GET", text.toStdString()).code()), code);
    }
};

QTEST_GUILESS_MAIN(TestRedisAddress)
#include "tst_RedisAddress.moc"
