// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/Session.h"

#include "shared/client/AccessAdminClient.h"
#include "shared/client/PlansClient.h"
#include "ui/session/OnGuiThread.h"

#include "shared/access/Permissions.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

std::vector<std::string> permissionsOf(const client::ConnectionStatus& status)
{
    return status.identity ? status.identity->permissions : std::vector<std::string>();
}

} // namespace

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

Session::~Session()
{
    // Their calls belong to the connection, which goes first.
    m_safety.blockSignals(true);
    m_safety.close();
    m_roles.close();
}

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

QString Session::forbiddenReason(const QString& permission) const
{
    return mayUse(permission) ? QString() : m_roles.sentence(permission);
}

std::string Session::operatorName() const
{
    return m_status.identity ? m_status.identity->who.name : std::string();
}

system::Environment Session::environment() const
{
    return m_status.server ? m_status.server->environment : m_profile.environment;
}

QString Session::unusableReason() const
{
    using client::ConnectionState;
    switch (m_status.state) {
    case ConnectionState::Live:
    case ConnectionState::Degraded:
        return {};
    case ConnectionState::Reconnecting:
        return tr("The connection is lost");
    case ConnectionState::Connecting:
    case ConnectionState::Authenticating:
    case ConnectionState::Syncing:
        return tr("The connection is not ready yet");
    case ConnectionState::AwaitingTrust:
        return tr("The server's certificate is not trusted");
    case ConnectionState::Incompatible:
        return tr("The server needs another version of the console");
    case ConnectionState::SignedOut:
        return tr("You are not signed in");
    case ConnectionState::Disconnected:
        break;
    }
    return tr("Not connected");
}

void Session::trust()
{
    if (!m_status.offered) {
        return;
    }
    const client::Certificate certificate = *m_status.offered;
    m_connection->answerTrust(true);
    Q_EMIT trusted(certificate);
}

void Session::refuseTrust()
{
    m_connection->answerTrust(false);
}

void Session::signIn(const QString& name, const QString& password)
{
    m_isSigningIn = true;
    m_connection->signIn(
        name.toStdString(),
        password.toStdString(),
        onGuiThread<access::SignedIn>(this, [this](const absl::StatusOr<access::SignedIn>& answer) {
            finishSignIn(answer);
        }));
}

void Session::finishSignIn(const absl::StatusOr<access::SignedIn>& answer)
{
    m_isSigningIn = false;
    if (answer.ok()) {
        Q_EMIT tokenChanged(QString::fromStdString(answer->token));
    }
    Q_EMIT signInFinished(answer.status());
}

void Session::signOut()
{
    m_connection->signOut();
    Q_EMIT tokenChanged(QString());
}

void Session::take(client::ConnectionStatus status)
{
    const bool isOtherState = status.state != m_status.state;
    const bool isOtherAccess = permissionsOf(status) != permissionsOf(m_status);
    m_status = std::move(status);
    Q_EMIT statusChanged();
    if (isOtherState) {
        if (m_status.state == client::ConnectionState::SignedOut && !m_isSigningIn) {
            Q_EMIT tokenChanged(QString());
        }
        followState();
        Q_EMIT stateChanged();
    }
    if (isOtherAccess) {
        Q_EMIT permissionsChanged();
    }
}

void Session::followState()
{
    if (isUsable() && !m_safety.isOpen()) {
        m_safety.open(m_connection->plans());
        m_roles.load(m_connection->accessAdmin());
    } else if (
        m_status.state == client::ConnectionState::SignedOut ||
        m_status.state == client::ConnectionState::Disconnected) {
        m_safety.close();
    }
}

} // namespace pilothouse::ui
