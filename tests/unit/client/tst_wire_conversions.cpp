// SPDX-License-Identifier: Apache-2.0
#include "shared/access/proto/AccessProto.h"
#include "shared/base/proto/TimeProto.h"
#include "shared/metrics/proto/MetricsProto.h"
#include "shared/system/proto/SystemProto.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace pilothouse;

class TestWireConversions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void timesAndDurationsSurvive();
    void timesOutOfRangeAreCut();
    void infiniteTimesStayUnset();
    void seriesSurvive();
    void hostileSeriesAreCut();
    void queryResultsSurvive();
    void liveUpdatesSurvive();
    void catalogueSurvives();
    void systemSurvives();
    void unknownEnumsAreCareful();
    void accessSurvives();
};

void TestWireConversions::timesAndDurationsSurvive()
{
    for (const auto nanos : {0LL, 1LL, -1LL, 1700000000123456789LL, -1700000000123456789LL}) {
        const absl::Time time = absl::FromUnixNanos(nanos);
        const auto message = toProto(time);
        QVERIFY(message.nanos() >= 0);
        QVERIFY(fromProto(message) == time);
        const absl::Duration duration = absl::Nanoseconds(nanos);
        const auto wire = toProto(duration);
        QVERIFY(
            wire.seconds() == 0 || wire.nanos() == 0 || (wire.seconds() < 0) == (wire.nanos() < 0));
        QVERIFY(fromProto(wire) == duration);
    }
}

void TestWireConversions::timesOutOfRangeAreCut()
{
    QCOMPARE(toProto(absl::InfiniteFuture()).seconds(), 253402300799);
    QCOMPARE(toProto(absl::InfinitePast()).seconds(), -62135596800);
    QCOMPARE(toProto(absl::InfiniteDuration()).seconds(), 315576000000);
    google::protobuf::Timestamp broken;
    broken.set_seconds(std::numeric_limits<int64_t>::max());
    broken.set_nanos(-5);
    QVERIFY(fromProto(broken) < absl::InfiniteFuture());
    google::protobuf::Duration endless;
    endless.set_seconds(std::numeric_limits<int64_t>::min());
    QVERIFY(fromProto(endless) > -absl::InfiniteDuration());
}

void TestWireConversions::infiniteTimesStayUnset()
{
    const access::Session session;
    const auto message = access::toProto(session);
    QVERIFY(!message.has_create_time());
    QVERIFY(access::fromProto(message).createTime == absl::InfinitePast());
}

void TestWireConversions::seriesSurvive()
{
    const metrics::SeriesPoints series{
        .labels = {{"__name__", "up"}, {"job", "größe"}},
        .times = {1700000000000, 1700000001000, 1699999999000},
        .values = {1.5, -std::numeric_limits<double>::infinity(), 1e-308}};
    QVERIFY(metrics::fromProto(metrics::toProto(series)) == series);
    const metrics::SeriesPoints gap{.labels = {}, .times = {5}, .values = {std::nan("")}};
    QVERIFY(std::isnan(metrics::fromProto(metrics::toProto(gap)).values.front()));
    QVERIFY(
        metrics::fromProto(metrics::toProto(metrics::SeriesPoints{})) == metrics::SeriesPoints{});
}

void TestWireConversions::hostileSeriesAreCut()
{
    v1::SeriesPoints message;
    message.add_time_ms(std::numeric_limits<int64_t>::max());
    message.add_time_ms(std::numeric_limits<int64_t>::max());
    message.add_time_ms(7);
    message.add_values(1);
    message.add_values(2);
    (*message.mutable_labels())["empty"] = "";
    const auto series = metrics::fromProto(message);
    QCOMPARE(series.times.size(), std::size_t(2));
    QCOMPARE(series.values.size(), std::size_t(2));
    QVERIFY(series.labels.empty());
}

void TestWireConversions::queryResultsSurvive()
{
    using Value = decltype(metrics::QueryResult::value);
    const std::vector<Value> values = {
        metrics::Sample{5, 2.5},
        metrics::Vector{{{{"a", "b"}}, {7, 1}}},
        metrics::Vector{},
        metrics::Matrix{{{{"a", "b"}}, {1, 2}, {3, 4}}},
        std::string("text")};
    for (const auto& value : values) {
        const metrics::QueryResult result{value, {"careful"}};
        const auto back = metrics::fromProto(metrics::toProto(result));
        QVERIFY(back.value == value);
        QCOMPARE(back.warnings, result.warnings);
    }
}

void TestWireConversions::liveUpdatesSurvive()
{
    const metrics::LiveQueryRequest request{"up", absl::Minutes(5), 1200};
    QVERIFY(metrics::fromProto(metrics::toProto(request)) == request);
    const metrics::LiveSeriesRequest many{{"a", "b"}, 10, 20};
    QVERIFY(metrics::fromProto(metrics::toProto(many)) == many);
    QVERIFY(metrics::fromProto(v1::WatchQueryRequest()) == metrics::LiveQueryRequest());

    metrics::LiveQueryUpdate update;
    update.snapshot = true;
    update.series = {{{{"a", "b"}}, {1}, {2}}};
    update.evaluatedAt = absl::FromUnixSeconds(9);
    update.conflated = 3;
    update.error = "many-to-many";
    const auto back = metrics::fromProto(metrics::toProto(update));
    QVERIFY(back.snapshot && back.series == update.series && back.conflated == 3);
    QVERIFY(back.evaluatedAt == update.evaluatedAt && back.error == update.error);
    const metrics::LiveSeriesUpdate series{true, update.series, 1LL << 40};
    const auto seriesBack = metrics::fromProto(metrics::toProto(series));
    QVERIFY(seriesBack.snapshot && seriesBack.series == series.series);
    QCOMPARE(seriesBack.totalSeries, series.totalSeries);
}

void TestWireConversions::catalogueSurvives()
{
    using metrics::MetricType;
    for (const MetricType type :
         {MetricType::Unknown,
          MetricType::Counter,
          MetricType::Gauge,
          MetricType::Histogram,
          MetricType::Summary,
          MetricType::Info,
          MetricType::StateSet}) {
        const auto back =
            metrics::fromProto(metrics::toProto(metrics::Metric{"m", type, "s", "h", 4}));
        QVERIFY(back.name == "m" && back.type == type && back.unit == "s");
        QVERIFY(back.help == "h" && back.series == 4);
    }
    using metrics::TargetHealth;
    for (const auto health : {TargetHealth::Unknown, TargetHealth::Up, TargetHealth::Down}) {
        metrics::Target target;
        target.job = "node";
        target.health = health;
        target.lastScrape = absl::FromUnixMillis(5);
        target.interval = absl::Milliseconds(1500);
        target.labels = {{"a", "b"}};
        const auto back = metrics::fromProto(metrics::toProto(target));
        QVERIFY(back.health == health && back.job == "node" && back.labels == target.labels);
        QVERIFY(back.lastScrape == target.lastScrape && back.interval == target.interval);
    }
    metrics::StoreStatus status;
    status.series = 1;
    status.memoryBytes = 1LL << 40;
    status.retention = absl::Hours(24);
    const auto back = metrics::fromProto(metrics::toProto(status));
    QVERIFY(back.series == 1 && back.memoryBytes == status.memoryBytes);
    QVERIFY(back.retention == status.retention && back.oldestSample == absl::InfinitePast());
}

void TestWireConversions::systemSurvives()
{
    system::Health health;
    health.overall = system::HealthState::Degraded;
    health.time = absl::FromUnixSeconds(3);
    for (const auto state :
         {system::HealthState::Absent,
          system::HealthState::Healthy,
          system::HealthState::Degraded,
          system::HealthState::Unhealthy}) {
        health.components.push_back(
            {"redis",
             state,
             absl::Microseconds(7),
             absl::FromUnixSeconds(1),
             "why",
             absl::FromUnixSeconds(2)});
    }
    const auto back = system::fromProto(system::toProto(health));
    QCOMPARE(back.components.size(), std::size_t(4));
    QVERIFY(back.overall == health.overall && back.time == health.time);
    for (std::size_t index = 0; index < 4; ++index) {
        QVERIFY(back.components[index].state == health.components[index].state);
        QVERIFY(back.components[index].responseTime == absl::Microseconds(7));
    }
    for (const auto environment :
         {system::Environment::Local,
          system::Environment::Development,
          system::Environment::Test,
          system::Environment::Staging,
          system::Environment::Production}) {
        system::ServerInfo info;
        info.environment = environment;
        info.startTime = absl::FromUnixSeconds(4);
        const auto infoBack = system::fromProto(system::toProto(info));
        QVERIFY(infoBack.environment == environment && infoBack.startTime == info.startTime);
        QVERIFY(infoBack.serverTime == absl::InfinitePast());
    }
    system::Resources resources;
    resources.pools.push_back(
        {.name = "db", .minimum = 1, .maximum = 2, .acquireP95 = absl::Seconds(1)});
    resources.executors.push_back({.name = "io", .capacity = 4});
    resources.breakers.push_back({.name = "http", .state = system::BreakerState::HalfOpen});
    const auto resourcesBack = system::fromProto(system::toProto(resources));
    QVERIFY(resourcesBack.pools.at(0).acquireP95 == absl::Seconds(1));
    QCOMPARE(resourcesBack.executors.at(0).capacity, 4);
    QVERIFY(resourcesBack.breakers.at(0).state == system::BreakerState::HalfOpen);
}

void TestWireConversions::unknownEnumsAreCareful()
{
    QVERIFY(system::fromProto(static_cast<v1::HealthState>(99)) == system::HealthState::Unhealthy);
    QVERIFY(system::fromProto(static_cast<v1::Environment>(99)) == system::Environment::Production);
}

void TestWireConversions::accessSurvives()
{
    access::Identity identity;
    identity.who = {"dana", "Dana", {"admin", "viewer"}};
    identity.permissions = {"*"};
    identity.authentication = "token";
    const auto back = access::fromProto(access::toProto(identity));
    QVERIFY(back.who.roles == identity.who.roles && back.permissions == identity.permissions);
    QVERIFY(back.expireTime == absl::InfiniteFuture());
    access::SignedIn signedIn{"secret", absl::FromUnixSeconds(8), identity.who};
    const auto signedInBack = access::fromProto(access::toProto(signedIn));
    QVERIFY(signedInBack.token == "secret" && signedInBack.expireTime == signedIn.expireTime);
}

QTEST_GUILESS_MAIN(TestWireConversions)
#include "tst_wire_conversions.moc"
