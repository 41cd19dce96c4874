// SPDX-License-Identifier: Apache-2.0
// What a registration may say, and when an instance is well.
#include "shared/services/Health.h"
#include "shared/services/SpecRules.h"

#include <QTest>

#include <functional>
#include <limits>

using namespace pilothouse;
using namespace pilothouse::services;

namespace {

InstanceSpec spec()
{
    InstanceSpec result;
    result.key = {"checkout", "green-1"};
    result.address = "10.0.0.7:8080";
    return result;
}

InstanceSpec checkedSpec()
{
    InstanceSpec result = spec();
    result.check.kind = CheckKind::Http;
    return completeSpec(result).value();
}

using Change = std::function<void(InstanceSpec&)>;

} // namespace

Q_DECLARE_METATYPE(Change)

class TestServiceRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsLeftOutHasDefaults()
    {
        const auto beats = completeSpec(spec());
        QVERIFY(beats.ok());
        QCOMPARE(beats->weight, 100);
        QVERIFY(beats->ttl == absl::Seconds(30));
        QVERIFY(heartbeatInterval(*beats) == absl::Seconds(10));
        const InstanceSpec checked = checkedSpec();
        QVERIFY(checked.ttl == absl::ZeroDuration());
        QVERIFY(heartbeatInterval(checked) == absl::ZeroDuration());
        QCOMPARE(checked.check.target, std::string("/healthz"));
        QVERIFY(checked.check.interval == absl::Seconds(5));
        QVERIFY(checked.check.timeout == absl::Seconds(1));
        QCOMPARE(checked.check.unhealthyAfter, 2);
        QCOMPARE(checked.check.healthyAfter, 1);
    }

    void completingAgainChangesNothing()
    {
        const InstanceSpec once = checkedSpec();
        QVERIFY(completeSpec(once).value() == once);
    }

    void whatCannotBeIsRefused_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("field");
        const auto row = [](const char* name, const char* field, const Change& change) {
            QTest::newRow(name) << change << QString::fromLatin1(field);
        };
        row("no service", "service", [](auto& s) { s.key.service = ""; });
        row("upper case", "service", [](auto& s) { s.key.service = "Checkout"; });
        row("slash", "service", [](auto& s) { s.key.service = "a/b"; });
        row("long service", "service", [](auto& s) { s.key.service = std::string(64, 'a'); });
        row("no id", "id", [](auto& s) { s.key.id = ""; });
        row("id with space", "id", [](auto& s) { s.key.id = "a b"; });
        row("id of another alphabet", "id", [](auto& s) { s.key.id = "\xc3\xa4"; });
        row("no port", "address", [](auto& s) { s.address = "host"; });
        row("port 0", "address", [](auto& s) { s.address = "host:0"; });
        row("port too large", "address", [](auto& s) { s.address = "host:65536"; });
        row("bare v6", "address", [](auto& s) { s.address = "::1:80"; });
        row("address with a path", "address", [](auto& s) { s.address = "host/x:80"; });
        row("address with user", "address", [](auto& s) { s.address = "me@host:80"; });
        row("version", "version", [](auto& s) { s.version = "a b"; });
        row("colour", "colour", [](auto& s) { s.colour = "blue\n"; });
        row("metrics path", "metrics_path", [](auto& s) { s.metricsPath = "metrics"; });
        row("metadata name", "metadata", [](auto& s) { s.metadata["a b"] = "1"; });
        row("metadata value", "metadata", [](auto& s) { s.metadata["a"] = "1\n2"; });
        row("much metadata", "metadata", [](auto& s) {
            for (int index = 0; index < 33; ++index) {
                s.metadata["k" + std::to_string(index)] = "v";
            }
        });
        row("tenant", "tenants", [](auto& s) { s.tenants = {""}; });
        row("weight", "weight", [](auto& s) { s.weight = -1; });
        row("ttl", "ttl", [](auto& s) { s.ttl = absl::Milliseconds(10); });
        row("negative ttl", "ttl", [](auto& s) { s.ttl = absl::Seconds(-1); });
        row("check without kind", "check.kind", [](auto& s) { s.check.target = "/"; });
        row("check path", "check.target", [](auto& s) {
            s.check = {CheckKind::Http, "healthz", false, {}, {}, 0, 0};
        });
        row("path with line end", "check.target", [](auto& s) {
            s.check = {CheckKind::Http, "/a\r\nX: y", false, {}, {}, 0, 0};
        });
        row("tcp with path", "check", [](auto& s) {
            s.check = {CheckKind::Tcp, "/", false, {}, {}, 0, 0};
        });
        row("interval", "check.interval", [](auto& s) {
            s.check = {CheckKind::Tcp, "", false, absl::Milliseconds(1), {}, 0, 0};
        });
        row("timeout over interval", "check.timeout", [](auto& s) {
            s.check = {CheckKind::Tcp, "", false, absl::Seconds(1), absl::Seconds(2), 0, 0};
        });
        row("count", "check.unhealthy_after", [](auto& s) {
            s.check = {CheckKind::Tcp, "", false, {}, {}, 101, 0};
        });
    }

    void whatCannotBeIsRefused()
    {
        QFETCH(Change, change);
        QFETCH(QString, field);
        InstanceSpec wish = spec();
        change(wish);
        const auto complete = completeSpec(wish);
        QVERIFY(absl::IsInvalidArgument(complete.status()));
        const QString message = QString::fromStdString(std::string(complete.status().message()));
        QVERIFY2(message.startsWith(field), qPrintable(message));
    }

    void addressesMayBeNamesAndV6()
    {
        for (const char* address :
             {"localhost:80", "a-b.example:65535", "[::1]:80", "10.1.2.3:1"}) {
            InstanceSpec wish = spec();
            wish.address = address;
            QVERIFY2(completeSpec(wish).ok(), address);
        }
    }

    void loadsAreNumbersThatCanBe()
    {
        QVERIFY(checkLoad({}).ok());
        QVERIFY(checkLoad({3, 0, 0.5, 1e9}).ok());
        QVERIFY(!checkLoad({-1, {}, {}, {}}).ok());
        QVERIFY(!checkLoad({{}, std::numeric_limits<double>::quiet_NaN(), {}, {}}).ok());
        QVERIFY(!checkLoad({{}, {}, std::numeric_limits<double>::infinity(), {}}).ok());
    }

    void heartbeatsKeepAlive()
    {
        const absl::Duration start = absl::Seconds(1000);
        Health health(completeSpec(spec()).value(), start);
        health.update(start);
        QCOMPARE(health.state(), InstanceState::Unknown);
        health.beat(start, {});
        QVERIFY(health.update(start));
        QCOMPARE(health.state(), InstanceState::Healthy);
        QVERIFY(health.expiry() == start + absl::Seconds(30));
        QVERIFY(!health.update(start + absl::Seconds(29)));
        QVERIFY(health.update(start + absl::Seconds(30)));
        QCOMPARE(health.state(), InstanceState::Unhealthy);
        QCOMPARE(health.problem(), std::string("no heartbeat within 30s"));
        QVERIFY(health.expiry() == absl::InfiniteDuration());
        health.beat(start + absl::Seconds(31), {});
        health.update(start + absl::Seconds(31));
        QCOMPARE(health.state(), InstanceState::Healthy);
    }

    void aServerThatStartsGivesEverybodyTheirTime()
    {
        const absl::Duration start = absl::Seconds(1000);
        Health health(completeSpec(spec()).value(), start);
        health.beat(start - absl::Seconds(29), {}); // of another server, before this one was there
        health.update(start);
        QCOMPARE(health.state(), InstanceState::Healthy);
        QVERIFY(health.expiry() == start + absl::Seconds(30));
    }

    void anOlderBeatChangesNothing()
    {
        const absl::Duration start = absl::Seconds(1000);
        Health health(completeSpec(spec()).value(), start);
        health.beat(start + absl::Seconds(5), {});
        health.beat(start + absl::Seconds(3), "out of order");
        health.update(start + absl::Seconds(5));
        QCOMPARE(health.state(), InstanceState::Healthy);
        QVERIFY(health.expiry() == start + absl::Seconds(35));
    }

    void whatAProgramSaysOfItselfCounts()
    {
        Health health(completeSpec(spec()).value(), absl::ZeroDuration());
        health.beat(absl::Seconds(1), "the disk is full");
        health.update(absl::Seconds(1));
        QCOMPARE(health.state(), InstanceState::Unhealthy);
        QCOMPARE(health.problem(), std::string("the disk is full"));
        health.beat(absl::Seconds(2), {});
        health.update(absl::Seconds(2));
        QCOMPARE(health.state(), InstanceState::Healthy);
    }

    /// 'p' passes and 'f' fails, after each the state: 'u'nknown, 'h'ealthy or 'x'.
    void checksNeedSeveralInARow_data()
    {
        QTest::addColumn<int>("unhealthyAfter");
        QTest::addColumn<int>("healthyAfter");
        QTest::addColumn<QByteArray>("results");
        QTest::addColumn<QByteArray>("states");
        QTest::newRow("usual") << 2 << 1 << QByteArray("pfpffpp") << QByteArray("hhhhxhh");
        QTest::newRow("bad start") << 2 << 1 << QByteArray("ffp") << QByteArray("uxh");
        QTest::newRow("slow to trust") << 1 << 3 << QByteArray("pfppppf") << QByteArray("hxxxhhx");
        QTest::newRow("patient") << 3 << 1 << QByteArray("pffpfff") << QByteArray("hhhhhhx");
    }

    void checksNeedSeveralInARow()
    {
        QFETCH(int, unhealthyAfter);
        QFETCH(int, healthyAfter);
        QFETCH(QByteArray, results);
        QFETCH(QByteArray, states);
        InstanceSpec checked = checkedSpec();
        checked.check.unhealthyAfter = unhealthyAfter;
        checked.check.healthyAfter = healthyAfter;
        Health health(checked, absl::ZeroDuration());
        QByteArray seen;
        for (const char result : results) {
            health.checked(result == 'p', result == 'p' ? "" : "HTTP status 503");
            health.update(absl::ZeroDuration());
            seen += health.state() == InstanceState::Healthy     ? 'h'
                    : health.state() == InstanceState::Unhealthy ? 'x'
                                                                 : 'u';
            if (health.state() == InstanceState::Unhealthy) {
                QCOMPARE(health.problem(), std::string("HTTP status 503"));
            }
        }
        QCOMPARE(seen, states);
    }

    void theWorstOfBeatsAndChecksCounts()
    {
        InstanceSpec both = checkedSpec();
        both.ttl = absl::Seconds(10);
        Health health(both, absl::ZeroDuration());
        health.checked(true, {});
        health.update(absl::ZeroDuration());
        QCOMPARE(health.state(), InstanceState::Unknown);
        health.beat(absl::Seconds(1), {});
        health.update(absl::Seconds(1));
        QCOMPARE(health.state(), InstanceState::Healthy);
        health.update(absl::Seconds(11));
        QCOMPARE(health.state(), InstanceState::Unhealthy);
    }

    void namesAreTheContracts()
    {
        for (const char* name : {"none", "http", "tcp", "grpc"}) {
            QCOMPARE(checkKindName(checkKindOf(name).value()), std::string_view(name));
        }
        QVERIFY(!checkKindOf("udp"));
    }

    void summariesCount()
    {
        Instance one;
        one.spec.version = "2";
        one.spec.colour = "green";
        one.state = InstanceState::Healthy;
        Instance two = one;
        two.spec.version = "1";
        two.state = InstanceState::Unhealthy;
        two.isDraining = true;
        const ServiceSummary summary = summaryOf("checkout", {&one, &two});
        QCOMPARE(summary.instances, 2);
        QCOMPARE(summary.healthy, 1);
        QCOMPARE(summary.unhealthy, 1);
        QCOMPARE(summary.draining, 1);
        QVERIFY((summary.versions == std::vector<std::string>{"1", "2"}));
        QVERIFY((summary.colours == std::vector<std::string>{"green"}));
    }
};

QTEST_APPLESS_MAIN(TestServiceRules)
#include "tst_service_rules.moc"
