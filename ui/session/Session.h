// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/Connection.h"
#include "ui/session/ConnectionProfile.h"
#include "ui/session/LiveMailbox.h"
#include "ui/session/RoleGuide.h"
#include "ui/session/SafetyFeed.h"

#include <QObject>

#include <memory>

namespace pilothouse::ui {

/// One profile bound to one connection: what pages ask for data and where they learn how fresh it
/// is. A window that changes its environment gets a new Session and new pages, so that nothing of
/// one environment can be shown under the name of another. GUI thread only.
class Session : public QObject
{
    Q_OBJECT

public:
    Session(
        ConnectionProfile profile,
        std::unique_ptr<client::Connection> connection,
        QObject* parent = nullptr);
    ~Session() override;

    const ConnectionProfile& profile() const { return m_profile; }
    const client::ConnectionStatus& status() const { return m_status; }
    client::ConnectionState state() const { return m_status.state; }

    /// Data on the screen is current. When false, pages fade what they show and say as of when.
    bool isFresh() const { return m_status.state == client::ConnectionState::Live; }
    /// Calls can be made: Live or Degraded.
    bool isUsable() const;
    /// The last moment that data was current, for "as of 14:29:58"; infinite past when never.
    absl::Time freshUntil() const;
    /// Whether the signed-in operator holds the permission ("metrics.view"); true while not yet
    /// known, because the server decides anyway.
    bool mayUse(const QString& permission) const;
    /// Which role would allow what the operator may not; empty when he may.
    QString forbiddenReason(const QString& permission) const;
    /// Name of the signed-in operator, or empty.
    std::string operatorName() const;
    /// The server's word where known, else the profile's.
    system::Environment environment() const;

    /// Why an action that changes or asks something cannot be done now; empty when it can.
    QString unusableReason() const;

    /// Answers AwaitingTrust.
    void trust();
    void refuseTrust();
    /// `signInFinished` follows.
    void signIn(const QString& name, const QString& password);
    bool isSigningIn() const { return m_isSigningIn; }
    void signOut();

    client::Connection& connection() { return *m_connection; }
    client::SystemClient& system() { return m_connection->system(); }
    client::AccessClient& access() { return m_connection->access(); }
    client::AccessAdminClient& accessAdmin() { return m_connection->accessAdmin(); }
    client::PlansClient& plans() { return m_connection->plans(); }
    client::MetricsClient& metrics() { return m_connection->metrics(); }
    client::JobsClient& jobs() { return m_connection->jobs(); }
    client::ServicesClient& services() { return m_connection->services(); }
    client::ScalingClient& scaling() { return m_connection->scaling(); }
    client::RolloutsClient& rollouts() { return m_connection->rollouts(); }

    /// Lock, lease and approvals; open while the session can be used.
    SafetyFeed& safety() { return m_safety; }
    const RoleGuide& roles() const { return m_roles; }
    client::AuditClient& audit() { return m_connection->audit(); }

Q_SIGNALS:
    /// Any part of `status()` changed.
    void statusChanged();
    /// `state()` changed (sent after statusChanged).
    void stateChanged();
    /// `mayUse` answers otherwise than before: a reconnection can be over before it is seen.
    void permissionsChanged();
    /// The operator trusted this certificate: its fingerprint is the profile's pin from now on.
    void trusted(const pilothouse::client::Certificate& certificate);
    /// A new token (a secret), or an empty one when the old is worth nothing any more.
    void tokenChanged(const QString& token);
    void signInFinished(const absl::Status& status);

private:
    void take(client::ConnectionStatus status);
    void followState();
    void finishSignIn(const absl::StatusOr<access::SignedIn>& answer);

    ConnectionProfile m_profile;
    client::ConnectionStatus m_status;
    SafetyFeed m_safety;
    RoleGuide m_roles;
    LiveMailbox<client::ConnectionStatus> m_mailbox;
    // Last, so that it is gone before what its callbacks reach.
    std::unique_ptr<client::Connection> m_connection;
    bool m_isSigningIn = false;
};

} // namespace pilothouse::ui
