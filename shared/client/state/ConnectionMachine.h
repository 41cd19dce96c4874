// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/Clock.h"
#include "shared/client/Connection.h"
#include "shared/client/state/Backoff.h"

#include <optional>
#include <vector>

namespace pilothouse::client {

/// What the machine wants done; the answer comes back as one of its events.
enum class Effect {
    /// Drop what there is, make a new channel with the current trust, ask for the server's info:
    /// serverAnswered() or certificateRefused().
    Dial,
    /// Ask who the token is: identityAnswered().
    AskIdentity,
    /// Watch the server's health: pulse() for each message, pulseEnded().
    StartPulse,
    /// The session is over, the channel stays: stop what runs on it.
    StopCalls,
    /// Drop the channel and everything on it.
    HangUp,
};

/// The states of a connection and what leads from one to the next, without sockets, threads or
/// timers of its own: events go in, effects come out. Not thread-safe.
class ConnectionMachine
{
public:
    /// Silence of the pulse (it comes each second) after which data counts as late.
    static constexpr absl::Duration kDegradedAfter = absl::Seconds(2);
    /// Silence after which the transport is given up: a new one may find a way where the old one
    /// hangs.
    static constexpr absl::Duration kLostAfter = absl::Seconds(30);
    /// How long the first pulse may take.
    static constexpr absl::Duration kSyncTimeout = absl::Seconds(10);
    /// Live for this long, the back-off starts over.
    static constexpr absl::Duration kSteadyAfter = absl::Seconds(30);
    /// How often `behind` is updated while Degraded.
    static constexpr absl::Duration kBehindStep = absl::Milliseconds(500);

    ConnectionMachine(const Clock& clock, Random random);

    const ConnectionStatus& status() const { return m_status; }
    /// What is to be done now, in this order; empties the list.
    std::vector<Effect> takeEffects();
    /// When tick() wants to be called, on the monotonic clock; InfiniteDuration when never.
    absl::Duration nextTick() const;
    void tick();

    // The operator's wishes.
    void connect();
    void disconnect();
    void retryNow();
    /// True when it leads to a dial with the offered certificate pinned.
    bool answerTrust(bool trusted);
    /// The address or the options make no sense: stays Disconnected, saying why.
    void refuse(absl::Status why);
    /// A sign-in is under way; false when the state has no place for one.
    bool signInStarted();
    /// OK: the new token is in place.
    void signInAnswered(const absl::Status& status);
    void signedOut();

    // What the server did.
    void serverAnswered(absl::StatusOr<system::ServerInfo> info);
    void certificateRefused(Certificate offered, absl::Status why);
    void identityAnswered(absl::StatusOr<access::Identity> identity);
    void pulse();
    void pulseEnded(absl::Status why);
    void roundTripMeasured(absl::Duration roundTrip);
    /// Any call was answered UNAUTHENTICATED.
    void callUnauthenticated(absl::Status why);

private:
    void enter(ConnectionState state, absl::Status error = absl::OkStatus());
    void dial();
    void settle();
    void lost(absl::Status why);
    void sessionEnded(absl::Status why);
    bool isWorking() const;

    const Clock& m_clock;
    Backoff m_backoff;
    ConnectionStatus m_status;
    std::vector<Effect> m_effects;
    absl::Duration m_nextAttempt = absl::InfiniteDuration();
    /// When Syncing began, and when the last pulse came.
    absl::Duration m_lastPulse;
    /// When Live began that has lasted (through Degraded) until now.
    std::optional<absl::Duration> m_liveSince;
};

} // namespace pilothouse::client
