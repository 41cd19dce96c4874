// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/LocalWorkspace.h"
#include "ui/session/ProfileStore.h"
#include "ui/session/SecretStore.h"
#include "ui/session/Session.h"

#include <absl/status/statusor.h>

#include <QObject>

#include <functional>
#include <memory>

namespace pilothouse::ui {

/// Makes connections; the program passes client::makeConnection, a test a fake.
using ConnectionFactory =
    std::function<std::unique_ptr<client::Connection>(client::ConnectionOptions)>;

/// Turns a profile into a Session: certificate files, token from the keychain, the local workspace
/// started if it is the one. Keeps what the session learns: the pin after trust, the token after
/// sign-in. GUI thread only.
class SessionOpener : public QObject
{
    Q_OBJECT

public:
    SessionOpener(
        ProfileStore& profiles,
        SecretStore& secrets,
        LocalWorkspace& workspace,
        ConnectionFactory factory,
        QString clientName,
        QObject* parent = nullptr);

    /// Begins; `opened` or `failed` follows. A later call replaces one under way.
    void open(const ConnectionProfile& profile);
    void cancel();
    bool isOpening() const { return m_isOpening; }
    const ConnectionProfile& profile() const { return m_profile; }

    /// Everything a connection needs but the token; the error names the file that cannot be used.
    static absl::StatusOr<client::ConnectionOptions> optionsFor(const ConnectionProfile& profile);

    LocalWorkspace& workspace() { return m_workspace; }
    SecretStore& secrets() { return m_secrets; }
    ProfileStore& profiles() { return m_profiles; }
    const ConnectionFactory& factory() const { return m_factory; }
    const QString& clientName() const { return m_clientName; }

Q_SIGNALS:
    /// Not yet connected; call connect() on its connection after listening to it. The receiver
    /// takes ownership out of the pointer.
    void opened(std::shared_ptr<pilothouse::ui::Session> session);
    void failed(const absl::Status& error);

private:
    void openWorkspace();
    void onWorkspace();
    void finish(const QString& address);
    void bind(client::ConnectionOptions options);
    void keep(Session& session);

    ProfileStore& m_profiles;
    SecretStore& m_secrets;
    LocalWorkspace& m_workspace;
    ConnectionFactory m_factory;
    QString m_clientName;
    ConnectionProfile m_profile;
    bool m_isOpening = false;
    int m_attempt = 0;
};

} // namespace pilothouse::ui
