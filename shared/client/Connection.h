// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/access/Operator.h"
#include "shared/client/Call.h"
#include "shared/system/Health.h"

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::client {

// Of each, the header beside this one: whoever uses a client includes it.
class AccessAdminClient;
class AccessClient;
class AuditClient;
class JobsClient;
class MetricsClient;
class PlansClient;
class RolloutsClient;
class ScalingClient;
class ServicesClient;
class SystemClient;

/// How to reach one server and what to believe of it.
struct ConnectionOptions
{
    /// "host:port" (TLS) or "unix:/path/to/pilothouse.sock" (peer credentials, no TLS).
    std::string address;
    /// PEM of a CA that must have signed the server's certificate for the host of `address`; no pin
    /// and no answer overrides it. Empty: trust by pin.
    std::string caPem;
    /// SHA-256 of the server's certificate, hex; colons, spaces and case do not matter. Empty: ask
    /// (AwaitingTrust).
    std::string pinnedFingerprint;
    /// Client certificate and key for mutual TLS, PEM; both or neither.
    std::string clientCertificatePem;
    std::string clientKeyPem;
    /// Session token from an earlier sign-in; empty means sign in.
    std::string token;
    /// "console on dana-laptop", shown in the operator's session list.
    std::string clientName;
    /// How long a call may take, repetitions of idempotent ones included.
    absl::Duration callTimeout = absl::Seconds(10);
    /// How long one attempt to reach the server may take.
    absl::Duration dialTimeout = absl::Seconds(10);
};

/// The connection states of the console (ui.md 1.1).
enum class ConnectionState {
    Disconnected,
    Connecting,
    AwaitingTrust,
    Authenticating,
    Syncing,
    Live,
    Degraded,
    Reconnecting,
    Incompatible,
    SignedOut,
};

struct Certificate
{
    std::string subject;
    std::vector<std::string> subjectAlternativeNames;
    std::vector<std::string> issuerChain;
    absl::Time notBefore;
    absl::Time notAfter;
    /// SHA-256, lower-case hex.
    std::string fingerprint;
};

struct ConnectionStatus
{
    ConnectionState state = ConnectionState::Disconnected;
    /// When this state began.
    absl::Time since = absl::InfinitePast();
    /// Health-stream round trip while Live; how far the newest message lies behind while Degraded.
    absl::Duration roundTrip;
    absl::Duration behind;
    /// Reconnecting: which attempt comes next and when.
    int attempt = 0;
    absl::Time nextAttempt = absl::InfiniteFuture();
    /// Last time the connection was Live.
    absl::Time lastLive = absl::InfinitePast();
    /// Why it is not Live, for the operator, and what to do.
    absl::Status error;
    /// AwaitingTrust: what the server showed.
    std::optional<Certificate> offered;
    std::optional<system::ServerInfo> server;
    std::optional<access::Identity> identity;
};

/// One server, kept connected: it dials, checks trust and API version, signs in with the token,
/// watches the server's health as its pulse, and after a loss comes back by itself (0.5, 1, 2, 4,
/// 8, 15 s, each +-20 %, starting over after 30 s Live). Silence on the pulse for 2 s is Degraded,
/// a broken transport is Reconnecting. Streams opened through its clients survive reconnects.
/// Thread-safe; callbacks come one at a time on a thread of the client and must return fast.
class Connection
{
public:
    virtual ~Connection() = default;

    virtual ConnectionStatus status() const = 0;
    /// Called with every change from now on; replaces an earlier listener.
    virtual void onStatus(std::function<void(const ConnectionStatus&)> listener) = 0;

    virtual void connect() = 0;
    virtual void disconnect() = 0;
    /// Dials at once from Reconnecting, Degraded, Incompatible or Disconnected.
    virtual void retryNow() = 0;
    /// Answers AwaitingTrust: true pins the offered certificate and goes on, false disconnects.
    virtual void answerTrust(bool trusted) = 0;
    /// Signs in, from SignedOut or Authenticating (FAILED_PRECONDITION from elsewhere); the new
    /// token is given to `onDone` so that it can be kept.
    virtual void signIn(
        const std::string& name, const std::string& password, OnDone<access::SignedIn> onDone) = 0;
    /// Ends the session on the server, if it can be reached, and forgets the token.
    virtual void signOut() = 0;
    /// Fingerprint of the certificate that this connection accepted, for the profile's pin.
    virtual std::string pinnedFingerprint() const = 0;

    virtual SystemClient& system() = 0;
    virtual AccessClient& access() = 0;
    virtual AccessAdminClient& accessAdmin() = 0;
    virtual PlansClient& plans() = 0;
    virtual MetricsClient& metrics() = 0;
    virtual JobsClient& jobs() = 0;
    virtual AuditClient& audit() = 0;
    virtual RolloutsClient& rollouts() = 0;
    virtual ServicesClient& services() = 0;
    virtual ScalingClient& scaling() = 0;
};

/// A connection over gRPC; it starts Disconnected.
std::unique_ptr<Connection> makeConnection(ConnectionOptions options);

} // namespace pilothouse::client
