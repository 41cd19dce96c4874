// SPDX-License-Identifier: Apache-2.0
// pilothousectl services against a real pilothoused.
#include "tests/e2e/ctl/CtlRun.h"
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QTest>

using namespace pilothouse::test;

class TestCtlServices : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<CtlRun> m_ctl;

    CtlResult services(const QStringList& arguments)
    {
        return m_ctl->run(QStringList{QStringLiteral("services")} + arguments);
    }
    QJsonObject json(const QStringList& arguments)
    {
        return services(arguments + QStringList{"--output", "json"}).json();
    }
    QString secretFile() const { return m_ctl->home() + QStringLiteral("/registration"); }

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<TestServer>();
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_ctl = std::make_unique<CtlRun>();
        m_ctl->setServer(m_server->socketAddress());
    }

    void aWholeLife()
    {
        const CtlResult made = services(
            {"register",
             "shop",
             "green-1",
             "127.0.0.1:8080",
             "--colour",
             "green",
             "--instance-version",
             "2.1",
             "--meta",
             "zone=b",
             "--ttl",
             "20s",
             "--registration-file",
             secretFile()});
        QVERIFY2(made.exitCode == 0, qPrintable(made.err));
        QVERIFY(made.out.contains("shop/green-1 registered"));
        QVERIFY(QFileInfo(secretFile()).size() > 20);
        QCOMPARE(
            QFile::permissions(secretFile()) &
                (QFileDevice::ReadGroup | QFileDevice::ReadOther | QFileDevice::WriteOther),
            QFileDevice::Permissions());

        QCOMPARE(
            services({"heartbeat",
                      "shop",
                      "green-1",
                      "--registration-file",
                      secretFile(),
                      "--connections",
                      "3"})
                .exitCode,
            0);
        const QJsonArray list = json({"list"})["services"].toArray();
        QCOMPARE(list.size(), 1);
        QCOMPARE(list[0].toObject()["healthy"].toInt(), 1);
        QCOMPARE(json({"show", "shop/green-1"})["colour"].toString(), QString("green"));
        // Numbers are shown once a second.
        QVERIFY(waitUntil([&] {
            return json({"show", "shop/green-1"})["load"].toObject()["connections"].toDouble() == 3;
        }));
        QVERIFY(services({"show", "shop"}).out.contains("green-1"));
        QVERIFY(services({"show", "shop/green-1"}).out.contains("zone"));
        QCOMPARE(services({"resolve", "shop"}).out.trimmed(), QString("127.0.0.1:8080"));
        QCOMPARE(
            json({"resolve", "shop", "--strategy", "round-robin"})["strategy"].toString(),
            QString("round-robin"));
        const CtlResult watched = services({"watch", "shop", "--count", "1"});
        QVERIFY2(watched.out.contains("shop/green-1  healthy"), qPrintable(watched.out));

        QCOMPARE(
            services({"deregister", "shop", "green-1", "--registration-file", secretFile()})
                .exitCode,
            0);
        QCOMPARE(services({"show", "shop/green-1"}).exitCode, 3);
        QCOMPARE(services({"resolve", "shop"}).exitCode, 3);
    }

    void operatorsDrainAndRemove()
    {
        QCOMPARE(services({"register", "till", "a", "127.0.0.1:1"}).exitCode, 0);
        const CtlResult dry = services({"drain", "till", "a", "--dry-run"});
        QVERIFY2(dry.exitCode == 0, qPrintable(dry.err));
        QVERIFY2(dry.out.contains("last one"), qPrintable(dry.out));
        QVERIFY(!json({"show", "till/a"})["draining"].toBool());
        QCOMPARE(services({"drain", "till", "a"}).exitCode, 0);
        QVERIFY(json({"show", "till/a"})["draining"].toBool());
        const CtlResult nobody = services({"resolve", "till"});
        QCOMPARE(nobody.exitCode, 5);
        QVERIFY2(nobody.err.contains("1 draining"), qPrintable(nobody.err));
        QCOMPARE(services({"undrain", "till", "a"}).exitCode, 0);
        QCOMPARE(services({"resolve", "till"}).exitCode, 0);
        QCOMPARE(services({"deregister", "till", "a"}).exitCode, 0);
        QCOMPARE(services({"deregister", "till", "a"}).exitCode, 3);
    }

    void whatIsWrongIsSaid_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("address") << QStringList{"register", "shop", "a", "nowhere"} << 2;
        QTest::newRow("check") << QStringList{"register", "shop", "a", "h:1", "--check", "udp"}
                               << 2;
        QTest::newRow("meta") << QStringList{"register", "shop", "a", "h:1", "--meta", "x"} << 2;
        QTest::newRow("strategy") << QStringList{"resolve", "shop", "--strategy", "luck"} << 2;
        QTest::newRow("no service") << QStringList{"show", "none"} << 3;
        QTest::newRow("no file")
            << QStringList{"heartbeat", "a", "b", "--registration-file", "/no/such/file"} << 2;
    }

    void whatIsWrongIsSaid()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        const CtlResult result = services(arguments);
        QVERIFY2(result.exitCode == exitCode, qPrintable(result.err));
        QVERIFY(!result.err.isEmpty());
    }

    void completionKnowsThem()
    {
        const CtlResult script = m_ctl->run({"completion", "bash"});
        QVERIFY(script.out.contains("'services resolve'"));
        QVERIFY(script.out.contains("--registration-file"));
    }
};

QTEST_GUILESS_MAIN(TestCtlServices)
#include "tst_ctl_services.moc"
