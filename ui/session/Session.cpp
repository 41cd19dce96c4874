// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/Session.h"

#include "shared/access/Permissions.h"

#include <algorithm>

namespace pilothouse::ui {

Session::Session(
    ConnectionProfile profile, std::unique_ptr<client::Connection> connection, QObject* parent)
    : QObject(parent),
      m_profile(std::move(profile)),
      m_mailbox(
          1,
          [this](std::vector<client::ConnectionStatus> statuses) {
              take(std::move(statuses.back()));
          }),
      m_connection(std::move(connection))
{
    m_status = m_connection->status();
    m_connection->onStatus(
        [sink = m_mailbox.sink()](const client::ConnectionStatus& status) { sink(status); });
}

Session::~Session() = default;

bool Session::isUsable() const
{
    return m_status.state == client::ConnectionState::Live ||
           m_status.state == client::ConnectionState::Degraded;
}

absl::Time Session::freshUntil() const
{
    return m_status.lastLive;
}

bool Session::mayUse(const QString& permission) const
{
    if (permission.isEmpty() || !m_status.identity) {
        return true;
    }
    const auto& patterns = m_status.identity->permissions;
    const std::string wanted = permission.toStdString();
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        return access::grants(pattern, wanted);
    });
}

system::Environment Session::environment() const
{
    return m_status.server ? m_status.server->environment : m_profile.environment;
}

void Session::take(client::ConnectionStatus status)
{
    const bool isOtherState = status.state != m_status.state;
    m_status = std::move(status);
    Q_EMIT statusChanged();
    if (isOtherState) {
        Q_EMIT stateChanged();
    }
}

} // namespace pilothouse::ui
