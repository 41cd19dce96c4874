// SPDX-License-Identifier: Apache-2.0
#include "shared/client/state/ConnectionMachine.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <utility>

namespace pilothouse::client {

namespace {

absl::Status incompatible(const system::ServerInfo& info)
{
    const bool serverIsNewer = info.apiMajor > system::kApiMajor;
    const std::string message = fmt::format(
        "server {} speaks API {}, this program speaks API {}",
        info.version,
        info.apiMajor,
        system::kApiMajor);
    const std::string hint =
        serverIsNewer
            ? fmt::format("Install Pilothouse {} or newer here.", info.minimumConsoleVersion)
            : std::string("Update the server, or use a Pilothouse of the server's version here.");
    return withHint(absl::FailedPreconditionError(message), hint);
}

} // namespace

ConnectionMachine::ConnectionMachine(const Clock& clock, Random random)
    : m_clock(clock), m_backoff(std::move(random))
{
    m_status.since = m_clock.now();
}

std::vector<Effect> ConnectionMachine::takeEffects()
{
    return std::exchange(m_effects, {});
}

bool ConnectionMachine::isWorking() const
{
    return m_status.state == ConnectionState::Syncing || m_status.state == ConnectionState::Live ||
           m_status.state == ConnectionState::Degraded;
}

void ConnectionMachine::enter(ConnectionState state, absl::Status error)
{
    if (m_status.state != state) {
        m_status.state = state;
        m_status.since = m_clock.now();
    }
    m_status.error = std::move(error);
    m_status.behind = absl::ZeroDuration();
    if (state != ConnectionState::Live && state != ConnectionState::Degraded) {
        m_status.roundTrip = absl::ZeroDuration();
        m_liveSince.reset();
    }
    if (state != ConnectionState::Reconnecting) {
        m_status.nextAttempt = absl::InfiniteFuture();
        m_nextAttempt = absl::InfiniteDuration();
    }
    if (state != ConnectionState::AwaitingTrust) {
        m_status.offered.reset();
    }
}

void ConnectionMachine::dial()
{
    enter(ConnectionState::Connecting, m_status.error);
    m_effects.push_back(Effect::Dial);
}

void ConnectionMachine::settle()
{
    if (m_liveSince && m_clock.monotonic() - *m_liveSince >= kSteadyAfter) {
        m_backoff.reset();
        m_status.attempt = 0;
    }
}

void ConnectionMachine::lost(absl::Status why)
{
    settle();
    enter(ConnectionState::Reconnecting, std::move(why));
    const absl::Duration wait = m_backoff.next();
    m_nextAttempt = m_clock.monotonic() + wait;
    m_status.nextAttempt = m_clock.now() + wait;
    m_status.attempt = m_backoff.attempts();
    m_effects.push_back(Effect::HangUp);
}

void ConnectionMachine::connect()
{
    if (m_status.state == ConnectionState::Disconnected) {
        m_backoff.reset();
        m_status.attempt = 0;
        m_status.error = absl::OkStatus();
        dial();
    }
}

void ConnectionMachine::disconnect()
{
    if (m_status.state != ConnectionState::Disconnected) {
        enter(ConnectionState::Disconnected);
        m_status.attempt = 0;
        m_status.identity.reset();
        m_effects.push_back(Effect::HangUp);
    }
}

void ConnectionMachine::retryNow()
{
    switch (m_status.state) {
    case ConnectionState::Disconnected:
        connect();
        break;
    case ConnectionState::Degraded:
    case ConnectionState::Reconnecting:
    case ConnectionState::Incompatible:
        dial();
        break;
    default:
        break;
    }
}

bool ConnectionMachine::answerTrust(bool trusted)
{
    if (m_status.state != ConnectionState::AwaitingTrust) {
        return false;
    }
    if (!trusted) {
        disconnect();
        return false;
    }
    m_status.error = absl::OkStatus();
    dial();
    return true;
}

void ConnectionMachine::refuse(absl::Status why)
{
    enter(ConnectionState::Disconnected, std::move(why));
}

bool ConnectionMachine::signInStarted()
{
    if (m_status.state != ConnectionState::SignedOut &&
        m_status.state != ConnectionState::Authenticating) {
        return false;
    }
    enter(ConnectionState::Authenticating);
    return true;
}

void ConnectionMachine::signInAnswered(const absl::Status& status)
{
    if (m_status.state != ConnectionState::Authenticating) {
        return;
    }
    if (status.ok()) {
        m_effects.push_back(Effect::AskIdentity);
    } else if (absl::IsUnavailable(status)) {
        lost(status);
    } else {
        enter(ConnectionState::SignedOut, status);
    }
}

void ConnectionMachine::signedOut()
{
    if (isWorking() || m_status.state == ConnectionState::Authenticating) {
        sessionEnded(absl::OkStatus());
    }
}

void ConnectionMachine::sessionEnded(absl::Status why)
{
    enter(ConnectionState::SignedOut, std::move(why));
    m_status.identity.reset();
    m_effects.push_back(Effect::StopCalls);
}

void ConnectionMachine::serverAnswered(absl::StatusOr<system::ServerInfo> info)
{
    if (m_status.state != ConnectionState::Connecting) {
        return;
    }
    if (!info.ok()) {
        if (absl::IsUnimplemented(info.status())) {
            m_effects.push_back(Effect::HangUp);
            enter(
                ConnectionState::Incompatible,
                withHint(
                    absl::FailedPreconditionError("what answers there is not a Pilothouse server"),
                    "Check host and port."));
            return;
        }
        lost(info.status());
        return;
    }
    m_status.server = std::move(info).value();
    if (m_status.server->apiMajor != system::kApiMajor) {
        m_effects.push_back(Effect::HangUp);
        enter(ConnectionState::Incompatible, incompatible(*m_status.server));
        return;
    }
    enter(ConnectionState::Authenticating);
    m_effects.push_back(Effect::AskIdentity);
}

void ConnectionMachine::certificateRefused(Certificate offered, absl::Status why)
{
    if (m_status.state != ConnectionState::Connecting) {
        return;
    }
    enter(ConnectionState::AwaitingTrust, std::move(why));
    m_status.offered = std::move(offered);
    m_effects.push_back(Effect::HangUp);
}

void ConnectionMachine::identityAnswered(absl::StatusOr<access::Identity> identity)
{
    if (m_status.state != ConnectionState::Authenticating) {
        return;
    }
    if (identity.ok()) {
        m_status.identity = std::move(identity).value();
        enter(ConnectionState::Syncing);
        m_lastPulse = m_clock.monotonic();
        m_effects.push_back(Effect::StartPulse);
    } else if (
        absl::IsUnauthenticated(identity.status()) || absl::IsPermissionDenied(identity.status())) {
        sessionEnded(identity.status());
    } else {
        lost(identity.status());
    }
}

void ConnectionMachine::pulse()
{
    if (!isWorking()) {
        return;
    }
    m_lastPulse = m_clock.monotonic();
    m_status.lastLive = m_clock.now();
    if (m_status.state != ConnectionState::Live) {
        enter(ConnectionState::Live);
        if (!m_liveSince) {
            m_liveSince = m_lastPulse;
        }
    }
    settle();
}

void ConnectionMachine::pulseEnded(absl::Status why)
{
    if (!isWorking()) {
        return;
    }
    if (absl::IsUnauthenticated(why) || absl::IsPermissionDenied(why)) {
        sessionEnded(std::move(why));
    } else {
        lost(why.ok() ? absl::UnavailableError("the server ended the connection") : std::move(why));
    }
}

void ConnectionMachine::roundTripMeasured(absl::Duration roundTrip)
{
    if (m_status.state == ConnectionState::Live) {
        m_status.roundTrip = roundTrip;
    }
}

void ConnectionMachine::callUnauthenticated(absl::Status why)
{
    if (isWorking()) {
        sessionEnded(std::move(why));
    }
}

absl::Duration ConnectionMachine::nextTick() const
{
    switch (m_status.state) {
    case ConnectionState::Reconnecting:
        return m_nextAttempt;
    case ConnectionState::Syncing:
        return m_lastPulse + kSyncTimeout;
    case ConnectionState::Live:
        return m_lastPulse + kDegradedAfter;
    case ConnectionState::Degraded:
        return m_lastPulse + m_status.behind + kBehindStep;
    default:
        return absl::InfiniteDuration();
    }
}

void ConnectionMachine::tick()
{
    const absl::Duration now = m_clock.monotonic();
    const absl::Duration silence = now - m_lastPulse;
    switch (m_status.state) {
    case ConnectionState::Reconnecting:
        if (now >= m_nextAttempt) {
            dial();
        }
        break;
    case ConnectionState::Syncing:
        if (silence >= kSyncTimeout) {
            lost(absl::DeadlineExceededError("the server gave no sign of life"));
        }
        break;
    case ConnectionState::Live:
    case ConnectionState::Degraded:
        if (silence >= kLostAfter) {
            lost(absl::DeadlineExceededError(fmt::format(
                "the server gave no sign of life for {} s", absl::ToInt64Seconds(silence))));
        } else if (silence >= kDegradedAfter) {
            enter(ConnectionState::Degraded);
            m_status.behind = silence;
        }
        break;
    default:
        break;
    }
}

} // namespace pilothouse::client
