// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/connect/ServerSession.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

using client::ConnectionState;

// Dial, identity and first pulse each keep to the timeout themselves; this is for what they cannot
// see.
constexpr absl::Duration kMargin = absl::Seconds(5);

bool isDecided(const client::ConnectionStatus& status)
{
    switch (status.state) {
    case ConnectionState::Connecting:
    case ConnectionState::Authenticating:
        return false;
    case ConnectionState::Disconnected:
        return !status.error.ok();
    default:
        return true;
    }
}

bool needsAPerson(const client::ConnectionStatus& status)
{
    return status.state == ConnectionState::SignedOut ||
           status.state == ConnectionState::AwaitingTrust ||
           status.state == ConnectionState::Incompatible;
}

std::string signIn(const std::string& server)
{
    return fmt::format("Run 'pilothousectl --server {} login'.", server);
}

absl::Status withDefaultHint(absl::Status status, const std::string& hint)
{
    return hintOf(status).empty() ? withHint(std::move(status), hint) : status;
}

} // namespace

ServerSession::ServerSession(client::ConnectionOptions options)
    : m_address(options.address),
      m_patience(options.dialTimeout + options.callTimeout + kMargin),
      m_connection(client::makeConnection(std::move(options)))
{
    m_connection->onStatus([this](const client::ConnectionStatus& status) {
        const std::lock_guard lock(m_mutex);
        if (isDecided(status)) {
            m_decided = status;
            m_changed.notify_all();
        }
        if (m_onOver && needsAPerson(status)) {
            m_onOver(explainState(status, m_address));
        }
    });
}

void ServerSession::onOver(std::function<void(const absl::Status&)> listener)
{
    const client::ConnectionStatus now = status();
    const std::lock_guard lock(m_mutex);
    m_onOver = std::move(listener);
    if (m_onOver && needsAPerson(now)) {
        m_onOver(explainState(now, m_address));
    }
}

client::ConnectionStatus ServerSession::connect()
{
    m_connection->connect();
    return waitForDecision();
}

client::ConnectionStatus ServerSession::trustAndConnect()
{
    {
        const std::lock_guard lock(m_mutex);
        m_decided.reset();
    }
    m_connection->answerTrust(true);
    return waitForDecision();
}

client::ConnectionStatus ServerSession::waitForDecision()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(
        lock, absl::ToChronoMilliseconds(m_patience), [this] { return m_decided.has_value(); });
    return m_decided ? *m_decided : m_connection->status();
}

absl::Status ServerSession::connectOrExplain()
{
    return explainState(connect(), m_address);
}

absl::Status explainCall(absl::Status status, const std::string& server)
{
    const std::string reason = reasonOf(status);
    return reason == "SESSION_EXPIRED" || reason == "SESSION_UNKNOWN"
               ? withHint(std::move(status), signIn(server))
               : status;
}

absl::Status explainState(const client::ConnectionStatus& status, const std::string& server)
{
    switch (status.state) {
    case ConnectionState::Syncing:
    case ConnectionState::Live:
    case ConnectionState::Degraded:
        return absl::OkStatus();
    case ConnectionState::AwaitingTrust: {
        const std::string fingerprint = status.offered ? status.offered->fingerprint : "";
        return withHint(
            absl::UnauthenticatedError(
                fmt::format("{} (SHA-256 {})", std::string(status.error.message()), fingerprint)),
            fmt::format(
                "Run 'pilothousectl --server {} login', or give its CA with --ca.", server));
    }
    case ConnectionState::SignedOut:
        if (absl::IsPermissionDenied(status.error)) {
            return status.error;
        }
        return withHint(
            absl::UnauthenticatedError(
                status.error.ok() ? "not signed in" : std::string(status.error.message())),
            signIn(server));
    default:
        if (status.error.ok()) {
            return absl::DeadlineExceededError(fmt::format("{} did not answer in time", server));
        }
        return withDefaultHint(status.error, "Check the server.");
    }
}

} // namespace pilothouse::cli
