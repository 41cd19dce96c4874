// SPDX-License-Identifier: Apache-2.0
// pilothousectl scaling against a real pilothoused.
#include "tests/e2e/ctl/CtlRun.h"
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"

#include <QJsonArray>
#include <QTest>

using namespace pilothouse::test;

class TestCtlScaling : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<CtlRun> m_ctl;

    CtlResult scaling(const QStringList& arguments)
    {
        return m_ctl->run(QStringList{QStringLiteral("scaling")} + arguments);
    }
    QJsonObject json(const QStringList& arguments)
    {
        return scaling(arguments + QStringList{"--output", "json"}).json();
    }

private Q_SLOTS:
    void initTestCase()
    {
        TestServer::Options options;
        // Nobody answers at the acting one's cluster: pausing needs none.
        options.config = QStringLiteral(
            "[scaling]\ninterval = \"200ms\"\n"
            "[[scaling.policies]]\nname = \"shop\"\nready_query = \"vector(3)\"\n"
            "[[scaling.metrics]]\npolicy = \"shop\"\nname = \"requests\"\nunit = \"requests/s\"\n"
            "expression = \"vector(213)\"\ntarget = 150\n"
            "[[scaling.policies]]\nname = \"till\"\nmode = \"act\"\ndeployment = \"till\"\n"
            "kubeconfig = \"/nonexistent/kubeconfig\"\n"
            "[[scaling.metrics]]\npolicy = \"till\"\nname = \"queue\"\n"
            "expression = \"vector(7)\"\ntarget = 5\nmeasures = \"total\"\n");
        m_server = std::make_unique<TestServer>(options);
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_ctl = std::make_unique<CtlRun>();
        m_ctl->setServer(m_server->socketAddress());
        QVERIFY(waitUntil([&] {
            return json({"show", "shop"})["last"].toObject()["recommended"].toInt() == 5;
        }));
    }

    void listsAndShows()
    {
        const CtlResult list = scaling({"list"});
        QVERIFY2(list.exitCode == 0, qPrintable(list.err));
        QVERIFY2(
            list.out.contains("3 ready × 1.42 (213 / 150 requests/s) = 4.26 → 5"),
            qPrintable(list.out));
        QVERIFY(list.out.contains("kubeconfig"));
        QCOMPARE(json({"list"})["policies"].toArray().size(), 2);
        const CtlResult one = scaling({"show", "shop"});
        QVERIFY2(one.out.contains("stabilised over 5 min"), qPrintable(one.out));
        QVERIFY(one.out.contains("1 to 10"));
        const QJsonObject shop = json({"show", "shop"});
        QCOMPARE(shop["policy"].toObject()["mode"].toString(), QString("recommend"));
        QCOMPARE(
            shop["policy"].toObject()["up"].toObject()["policies"].toArray(),
            (QJsonArray{"100% / 15s", "4 / 15s"}));
        QCOMPARE(
            shop["last"].toObject()["proposals"].toArray()[0].toObject()["usage"].toDouble(),
            213.0);
    }

    void tellsWhatWasDecided()
    {
        QVERIFY(waitUntil([&] { return !json({"decisions"})["decisions"].toArray().isEmpty(); }));
        const QJsonObject newest = json({"decisions", "shop"})["decisions"].toArray()[0].toObject();
        QCOMPARE(newest["act"].toString(), QString("none"));
        QCOMPARE(newest["decision"].toObject()["current"].toInt(), 3);
        QVERIFY(scaling({"decisions", "--limit", "1"}).out.contains("shop"));
    }

    void simulates()
    {
        const CtlResult table = scaling({"simulate", "shop", "--start", "-5m"});
        QVERIFY2(table.exitCode == 0, qPrintable(table.err));
        QVERIFY2(table.out.contains("up once, down never"), qPrintable(table.out));
        QVERIFY2(table.out.contains("3 ready × 1.42"), qPrintable(table.out));
        const QJsonObject other =
            json({"simulate", "shop", "--start", "-5m", "--target", "requests=213", "--max", "4"});
        QCOMPARE(other["policy"].toObject()["maximum"].toInt(), 4);
        QCOMPARE(other["ups"].toInt(), 0);
        QVERIFY(!other["points"].toArray().isEmpty());
    }

    void pausesAndResumes()
    {
        const CtlResult dry = scaling({"pause", "till", "--dry-run"});
        QVERIFY2(dry.exitCode == 0, qPrintable(dry.err));
        QVERIFY2(dry.out.contains("not scaled any more"), qPrintable(dry.out));
        QVERIFY(json({"show", "till"})["pause"].isNull());
        const CtlResult paused = scaling({"pause", "till", "--reason", "load test"});
        QVERIFY2(paused.exitCode == 0, qPrintable(paused.err));
        QVERIFY(waitUntil([&] {
            return json({"show", "till"})["pause"].toObject()["reason"].toString() == "load test";
        }));
        QVERIFY(scaling({"list"}).out.contains("paused"));
        QCOMPARE(scaling({"pause", "till"}).exitCode, 1);
        QCOMPARE(scaling({"resume", "till"}).exitCode, 0);
    }

    void whatIsWrongIsSaid_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("nobody") << QStringList{"show", "none"} << 3;
        QTest::newRow("decisions of nobody") << QStringList{"decisions", "none"} << 3;
        QTest::newRow("pause of nobody") << QStringList{"pause", "none"} << 3;
        QTest::newRow("only recommends") << QStringList{"pause", "shop"} << 1;
        QTest::newRow("target") << QStringList{"simulate", "shop", "--target", "x"} << 2;
        QTest::newRow("time") << QStringList{"simulate", "shop", "--start", "soon"} << 2;
        QTest::newRow("no command") << QStringList{} << 2;
    }

    void whatIsWrongIsSaid()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        const CtlResult result = scaling(arguments);
        QVERIFY2(result.exitCode == exitCode, qPrintable(result.err));
        QVERIFY(!result.err.isEmpty());
    }

    void isCompleted()
    {
        const CtlResult script = m_ctl->run({"completion", "bash"});
        QVERIFY2(script.out.contains("scaling"), qPrintable(script.err));
    }
};

QTEST_GUILESS_MAIN(TestCtlScaling)
#include "tst_ctl_scaling.moc"
