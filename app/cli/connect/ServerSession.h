// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/Await.h"
#include "shared/client/Connection.h"

#include <absl/status/statusor.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace pilothouse::cli {

/// A connection for a program that waits: opens, and turns calls with answers into answers. Use
/// from one thread.
class ServerSession
{
public:
    explicit ServerSession(client::ConnectionOptions options);

    /// Connects; returns when the connection is usable, or at the first state that needs a person
    /// or has failed. The caller looks at `status()` for AwaitingTrust and SignedOut.
    client::ConnectionStatus connect();
    /// OK when usable; else why not and what to do.
    absl::Status connectOrExplain();
    /// The same after AwaitingTrust was answered with yes.
    client::ConnectionStatus trustAndConnect();

    /// Calls `listener`, on the client's thread or at once, when the connection needs a person to
    /// go on: signed out, another certificate, another version. An empty one ends it; afterwards
    /// none is called any more.
    void onOver(std::function<void(const absl::Status& why)> listener);

    client::ConnectionStatus status() const { return m_connection->status(); }
    const std::string& address() const { return m_address; }
    client::Connection& connection() { return *m_connection; }
    client::SystemClient& system() { return m_connection->system(); }
    client::AccessClient& access() { return m_connection->access(); }
    client::AccessAdminClient& accessAdmin() { return m_connection->accessAdmin(); }
    client::PlansClient& plans() { return m_connection->plans(); }
    client::JobsClient& jobs() { return m_connection->jobs(); }
    client::MetricsClient& metrics() { return m_connection->metrics(); }
    client::AuditClient& audit() { return m_connection->audit(); }
    client::RolloutsClient& rollouts() { return m_connection->rollouts(); }
    client::ServicesClient& services() { return m_connection->services(); }
    client::ScalingClient& scaling() { return m_connection->scaling(); }

private:
    client::ConnectionStatus waitForDecision();

    std::string m_address;
    absl::Duration m_patience;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::optional<client::ConnectionStatus> m_decided;
    std::function<void(const absl::Status&)> m_onOver;
    std::unique_ptr<client::Connection> m_connection;
};

/// Why a connection in this state cannot be used; OK when it can.
absl::Status explainState(const client::ConnectionStatus& status, const std::string& server);

/// What a call has answered; where its session ended meanwhile, with the command that begins one.
absl::Status explainCall(absl::Status status, const std::string& server);

using client::await;

} // namespace pilothouse::cli
