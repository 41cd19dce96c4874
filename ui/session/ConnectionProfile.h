// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/system/Health.h"

#include <QDateTime>
#include <QString>

namespace pilothouse::ui {

/// One server as the operator knows it. It holds no secret: tokens live in the SecretStore under
/// `id`.
struct ConnectionProfile
{
    /// Stable and unique; never shown.
    QString id;
    QString name;
    /// Folder in the connection manager, "" at the top.
    QString folder;
    /// Decides the colour and the word on the band; the server's own word wins once it is known.
    system::Environment environment = system::Environment::Development;
    /// "host:port" or "unix:/path"; empty for the local workspace, which finds its own socket.
    QString address;
    /// Operator's name for the sign-in, to fill the form.
    QString user;
    /// PEM file of a CA that must have signed the server; then there is no trust on first use.
    QString caFile;
    /// PEM files for mutual TLS; both or neither.
    QString clientCertificateFile;
    QString clientKeyFile;
    /// SHA-256 of the trusted server certificate, lower-case hex.
    QString pinnedFingerprint;
    /// The certificate behind the pin as text lines, so that a change can be shown side by side.
    QString pinnedDescription;
    QDateTime lastUsed;
    /// The server bundled with this console, run as its child.
    bool isLocalWorkspace = false;
    /// From the policy file: shown, never edited.
    bool isManaged = false;

    bool operator==(const ConnectionProfile&) const = default;
};

} // namespace pilothouse::ui
