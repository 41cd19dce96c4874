// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "shared/client/state/ConnectionMachine.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::client;

namespace {

class FakeClock final : public Clock
{
public:
    absl::Time now() const override { return absl::UnixEpoch() + absl::Hours(24) + m_passed; }
    absl::Duration monotonic() const override { return m_passed; }
    void advance(absl::Duration by) { m_passed += by; }

private:
    absl::Duration m_passed;
};

system::ServerInfo info(int major = system::kApiMajor)
{
    system::ServerInfo result;
    result.version = "9.9.9";
    result.apiMajor = major;
    result.minimumConsoleVersion = "9.5";
    return result;
}

access::Identity dana()
{
    access::Identity identity;
    identity.who.name = "dana";
    return identity;
}

/// Runs the clock and ticks as the loop would, with or without a pulse each second.
struct World
{
    FakeClock clock;
    ConnectionMachine machine{clock, [] { return 0.5; }};

    ConnectionState state() const { return machine.status().state; }
    bool did(Effect effect)
    {
        const auto effects = machine.takeEffects();
        return std::ranges::find(effects, effect) != effects.end();
    }
    void run(absl::Duration duration, bool pulses)
    {
        constexpr absl::Duration kStep = absl::Milliseconds(100);
        for (absl::Duration passed; passed < duration; passed += kStep) {
            clock.advance(kStep);
            if (pulses && clock.monotonic() % absl::Seconds(1) == absl::ZeroDuration()) {
                machine.pulse();
            }
            if (clock.monotonic() >= machine.nextTick()) {
                machine.tick();
            }
        }
    }
    void goLive()
    {
        machine.connect();
        machine.serverAnswered(info());
        machine.identityAnswered(dana());
        machine.pulse();
        machine.takeEffects();
    }
    void failDial() { machine.serverAnswered(absl::UnavailableError("refused")); }
};

} // namespace

class TestConnectionMachine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void goesLiveStepByStep();
    void failedDialsBackOff();
    void steadyConnectionStartsBackoffOver();
    void flappingConnectionKeepsBackingOff();
    void retryNowDialsAtOnce();
    void silenceIsDegradedThenLost();
    void brokenTransportReconnectsAtOnce();
    void certificateHasToBeTrusted();
    void versions_data();
    void versions();
    void signsInAfterRefusal();
    void endedSessions_data();
    void endedSessions();
    void syncingTimesOut();
    void lateEventsChangeNothing();
    void disconnectWorksFromEverywhere();
};

void TestConnectionMachine::goesLiveStepByStep()
{
    World world;
    QCOMPARE(world.state(), ConnectionState::Disconnected);
    world.machine.connect();
    QCOMPARE(world.state(), ConnectionState::Connecting);
    QVERIFY(world.did(Effect::Dial));
    world.clock.advance(absl::Seconds(1));
    world.machine.serverAnswered(info());
    QCOMPARE(world.state(), ConnectionState::Authenticating);
    QVERIFY(world.did(Effect::AskIdentity));
    QCOMPARE(world.machine.status().since, world.clock.now());
    world.machine.identityAnswered(dana());
    QCOMPARE(world.state(), ConnectionState::Syncing);
    QVERIFY(world.did(Effect::StartPulse));
    world.machine.pulse();
    QCOMPARE(world.state(), ConnectionState::Live);
    QCOMPARE(world.machine.status().identity->who.name, std::string("dana"));
    QCOMPARE(world.machine.status().server->version, std::string("9.9.9"));
    QCOMPARE(world.machine.status().lastLive, world.clock.now());
    world.machine.roundTripMeasured(absl::Milliseconds(12));
    QCOMPARE(world.machine.status().roundTrip, absl::Milliseconds(12));
}

void TestConnectionMachine::failedDialsBackOff()
{
    World world;
    world.machine.connect();
    const double expected[] = {0.5, 1, 2, 4, 8, 15, 15};
    int attempt = 0;
    for (const double seconds : expected) {
        world.machine.takeEffects();
        world.failDial();
        QCOMPARE(world.state(), ConnectionState::Reconnecting);
        QCOMPARE(world.machine.status().attempt, ++attempt);
        QVERIFY(world.did(Effect::HangUp));
        const absl::Duration wait = absl::Seconds(seconds);
        QCOMPARE(world.machine.nextTick(), world.clock.monotonic() + wait);
        QCOMPARE(world.machine.status().nextAttempt, world.clock.now() + wait);
        world.clock.advance(wait - absl::Milliseconds(1));
        world.machine.tick();
        QCOMPARE(world.state(), ConnectionState::Reconnecting);
        world.clock.advance(absl::Milliseconds(1));
        world.machine.tick();
        QCOMPARE(world.state(), ConnectionState::Connecting);
        QVERIFY(world.did(Effect::Dial));
    }
}

void TestConnectionMachine::steadyConnectionStartsBackoffOver()
{
    World world;
    world.machine.connect();
    for (int failure = 0; failure < 4; ++failure) {
        world.failDial();
        world.machine.retryNow();
    }
    world.machine.serverAnswered(info());
    world.machine.identityAnswered(dana());
    world.machine.pulse();
    world.run(absl::Seconds(31), /*pulses=*/true);
    QCOMPARE(world.machine.status().attempt, 0);
    world.machine.pulseEnded(absl::UnavailableError("gone"));
    QCOMPARE(world.machine.status().attempt, 1);
    QCOMPARE(world.machine.nextTick() - world.clock.monotonic(), absl::Milliseconds(500));
}

void TestConnectionMachine::flappingConnectionKeepsBackingOff()
{
    World world;
    world.machine.connect();
    for (int round = 1; round <= 5; ++round) {
        world.machine.serverAnswered(info());
        world.machine.identityAnswered(dana());
        world.machine.pulse();
        world.run(absl::Seconds(5), /*pulses=*/true);
        world.machine.pulseEnded(absl::UnavailableError("gone"));
        QCOMPARE(world.machine.status().attempt, round);
        world.machine.retryNow();
    }
}

void TestConnectionMachine::retryNowDialsAtOnce()
{
    World world;
    world.machine.connect();
    world.failDial();
    world.machine.takeEffects();
    world.machine.retryNow();
    QCOMPARE(world.state(), ConnectionState::Connecting);
    QVERIFY(world.did(Effect::Dial));
    // A second press while it dials must not start a second dial.
    world.machine.retryNow();
    QVERIFY(!world.did(Effect::Dial));
}

void TestConnectionMachine::silenceIsDegradedThenLost()
{
    World world;
    world.goLive();
    world.machine.roundTripMeasured(absl::Milliseconds(3));
    world.run(absl::Milliseconds(1900), /*pulses=*/false);
    QCOMPARE(world.state(), ConnectionState::Live);
    world.run(absl::Milliseconds(200), /*pulses=*/false);
    QCOMPARE(world.state(), ConnectionState::Degraded);
    QVERIFY(world.machine.status().behind >= absl::Seconds(2));
    const absl::Duration before = world.machine.status().behind;
    world.run(absl::Seconds(1), /*pulses=*/false);
    QVERIFY(world.machine.status().behind >= before + absl::Milliseconds(500));
    world.machine.pulse();
    QCOMPARE(world.state(), ConnectionState::Live);
    QCOMPARE(world.machine.status().behind, absl::ZeroDuration());
    world.run(absl::Seconds(31), /*pulses=*/false);
    QVERIFY(
        world.state() == ConnectionState::Reconnecting ||
        world.state() == ConnectionState::Connecting);
}

void TestConnectionMachine::brokenTransportReconnectsAtOnce()
{
    World world;
    world.goLive();
    const absl::Time lastLive = world.machine.status().lastLive;
    world.clock.advance(absl::Milliseconds(300));
    world.machine.pulseEnded(absl::UnavailableError("connection lost"));
    QCOMPARE(world.state(), ConnectionState::Reconnecting);
    QCOMPARE(world.machine.status().lastLive, lastLive);
    QCOMPARE(
        QString::fromStdString(std::string(world.machine.status().error.message())),
        QStringLiteral("connection lost"));
    QVERIFY(world.did(Effect::HangUp));
}

void TestConnectionMachine::certificateHasToBeTrusted()
{
    Certificate certificate;
    certificate.fingerprint = "ab";
    for (const bool trusted : {true, false}) {
        World world;
        world.machine.connect();
        world.machine.takeEffects();
        world.machine.certificateRefused(certificate, absl::FailedPreconditionError("unknown"));
        QCOMPARE(world.state(), ConnectionState::AwaitingTrust);
        QCOMPARE(world.machine.status().offered->fingerprint, std::string("ab"));
        QVERIFY(world.did(Effect::HangUp));
        QCOMPARE(world.machine.nextTick(), absl::InfiniteDuration());
        QCOMPARE(world.machine.answerTrust(trusted), trusted);
        QCOMPARE(
            world.state(), trusted ? ConnectionState::Connecting : ConnectionState::Disconnected);
        QCOMPARE(world.did(Effect::Dial), trusted);
        QVERIFY(!world.machine.status().offered.has_value());
        // Answering what nobody asked does nothing.
        QVERIFY(!world.machine.answerTrust(true));
    }
}

void TestConnectionMachine::versions_data()
{
    QTest::addColumn<int>("major");
    QTest::addColumn<QString>("hint");
    QTest::newRow("newer server") << system::kApiMajor + 1
                                  << QStringLiteral("Install Pilothouse 9.5 or newer here.");
    QTest::newRow("older server")
        << system::kApiMajor - 1
        << QStringLiteral("Update the server, or use a Pilothouse of the server's version here.");
}

void TestConnectionMachine::versions()
{
    QFETCH(int, major);
    QFETCH(QString, hint);
    World world;
    world.machine.connect();
    world.machine.serverAnswered(info(major));
    QCOMPARE(world.state(), ConnectionState::Incompatible);
    QCOMPARE(QString::fromStdString(hintOf(world.machine.status().error)), hint);
    QVERIFY(world.did(Effect::HangUp));
    QCOMPARE(world.machine.nextTick(), absl::InfiniteDuration());
    world.machine.retryNow();
    QCOMPARE(world.state(), ConnectionState::Connecting);
}

void TestConnectionMachine::signsInAfterRefusal()
{
    World world;
    world.machine.connect();
    world.machine.serverAnswered(info());
    world.machine.identityAnswered(absl::UnauthenticatedError("not signed in"));
    QCOMPARE(world.state(), ConnectionState::SignedOut);
    QVERIFY(world.machine.signInStarted());
    QCOMPARE(world.state(), ConnectionState::Authenticating);
    world.machine.signInAnswered(absl::UnauthenticatedError("wrong password"));
    QCOMPARE(world.state(), ConnectionState::SignedOut);
    QVERIFY(world.machine.signInStarted());
    world.machine.takeEffects();
    world.machine.signInAnswered(absl::OkStatus());
    QVERIFY(world.did(Effect::AskIdentity));
    world.machine.identityAnswered(dana());
    world.machine.pulse();
    QCOMPARE(world.state(), ConnectionState::Live);
    QVERIFY(!world.machine.signInStarted());
}

void TestConnectionMachine::endedSessions_data()
{
    QTest::addColumn<int>("how");
    QTest::newRow("pulse refused") << 0;
    QTest::newRow("a call refused") << 1;
    QTest::newRow("signed out") << 2;
}

void TestConnectionMachine::endedSessions()
{
    QFETCH(int, how);
    World world;
    world.goLive();
    const absl::Status expired = absl::UnauthenticatedError("session expired");
    if (how == 0) {
        world.machine.pulseEnded(expired);
    } else if (how == 1) {
        world.machine.callUnauthenticated(expired);
    } else {
        world.machine.signedOut();
    }
    QCOMPARE(world.state(), ConnectionState::SignedOut);
    QCOMPARE(world.machine.status().error.ok(), how == 2);
    QVERIFY(!world.machine.status().identity.has_value());
    QVERIFY(world.did(Effect::StopCalls));
    // Expired credentials must not be tried again and again.
    world.run(absl::Minutes(5), /*pulses=*/false);
    QCOMPARE(world.state(), ConnectionState::SignedOut);
    QVERIFY(world.machine.takeEffects().empty());
}

void TestConnectionMachine::syncingTimesOut()
{
    World world;
    world.machine.connect();
    world.machine.serverAnswered(info());
    world.machine.identityAnswered(dana());
    world.clock.advance(ConnectionMachine::kSyncTimeout);
    world.machine.tick();
    QCOMPARE(world.state(), ConnectionState::Reconnecting);
}

void TestConnectionMachine::lateEventsChangeNothing()
{
    World world;
    world.goLive();
    world.machine.disconnect();
    world.machine.takeEffects();
    world.machine.pulse();
    world.machine.pulseEnded(absl::UnavailableError("late"));
    world.machine.serverAnswered(info());
    world.machine.identityAnswered(dana());
    world.machine.callUnauthenticated(absl::UnauthenticatedError("late"));
    world.machine.signInAnswered(absl::OkStatus());
    world.machine.certificateRefused({}, absl::UnknownError("late"));
    world.machine.tick();
    QCOMPARE(world.state(), ConnectionState::Disconnected);
    QVERIFY(world.machine.takeEffects().empty());
}

void TestConnectionMachine::disconnectWorksFromEverywhere()
{
    const std::vector<std::function<void(World&)>> ways = {
        [](World& world) { world.machine.connect(); },
        [](World& world) {
            world.machine.connect();
            world.failDial();
        },
        [](World& world) { world.goLive(); },
        [](World& world) {
            world.goLive();
            world.run(absl::Seconds(3), /*pulses=*/false);
        },
        [](World& world) {
            world.machine.connect();
            world.machine.serverAnswered(info(99));
        },
    };
    for (const auto& way : ways) {
        World world;
        way(world);
        world.machine.takeEffects();
        world.machine.disconnect();
        QCOMPARE(world.state(), ConnectionState::Disconnected);
        QVERIFY(world.did(Effect::HangUp));
        QCOMPARE(world.machine.nextTick(), absl::InfiniteDuration());
        world.machine.connect();
        QCOMPARE(world.state(), ConnectionState::Connecting);
        QCOMPARE(world.machine.status().attempt, 0);
    }
}

QTEST_GUILESS_MAIN(TestConnectionMachine)
#include "tst_connection_machine.moc"
