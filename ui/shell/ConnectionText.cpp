// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/ConnectionText.h"

#include "ui/components/Format.h"
#include "ui/session/Address.h"

#include "shared/base/StatusHelpers.h"

#include <QCoreApplication>

#include <algorithm>

namespace pilothouse::ui {

namespace {

using client::ConnectionState;

QString tr(const char* source)
{
    return QCoreApplication::translate("Connection", source);
}

qint64 wholeSeconds(absl::Duration duration)
{
    return std::max<qint64>(0, absl::ToInt64Seconds(duration));
}

QString hostOf(const ConnectionProfile& profile)
{
    return profile.isLocalWorkspace ? profile.name : displayAddress(profile.address);
}

QString liveText(const client::ConnectionStatus& status)
{
    const double milliseconds = absl::ToDoubleMilliseconds(status.roundTrip);
    if (milliseconds <= 0) {
        return tr("Live");
    }
    const QString shown =
        milliseconds < 1 ? QStringLiteral("< 1") : QString::number(qRound64(milliseconds));
    return tr("Live · %1 ms").arg(shown);
}

QString behindText(const client::ConnectionStatus& status)
{
    return tr("Live · %1 s behind")
        .arg(
            absl::ToDoubleSeconds(status.behind),
            0,
            'f',
            status.behind < absl::Seconds(10) ? 1 : 0);
}

QString lostText(const client::ConnectionStatus& status, absl::Time now, TimeDisplay display)
{
    const absl::Time lost =
        status.lastLive == absl::InfinitePast() ? status.since : status.lastLive;
    QString text = status.lastLive == absl::InfinitePast()
                       ? tr("No connection since %1").arg(clockText(lost, display))
                       : tr("Connection lost %1").arg(clockText(lost, display));
    if (status.nextAttempt != absl::InfiniteFuture()) {
        text += tr(" · retry %1 in %2 s")
                    .arg(std::max(1, status.attempt))
                    .arg(wholeSeconds(status.nextAttempt - now + absl::Milliseconds(999)));
    }
    return text;
}

QString incompatibleText(const client::ConnectionStatus& status)
{
    if (!status.server) {
        return tr("This server speaks another version");
    }
    const QString version = QString::fromStdString(status.server->version);
    return status.server->minimumConsoleVersion.empty()
               ? tr("Server %1 speaks another version").arg(version)
               : tr("Server %1 needs console ≥ %2")
                     .arg(version, QString::fromStdString(status.server->minimumConsoleVersion));
}

} // namespace

QString clockText(absl::Time time, TimeDisplay display)
{
    return formatClock(absl::ToUnixMillis(time), display == TimeDisplay::Utc);
}

ConnectionText describeConnection(
    const client::ConnectionStatus& status,
    const ConnectionProfile& profile,
    absl::Time now,
    TimeDisplay display)
{
    using Action = ConnectionAction;
    switch (status.state) {
    case ConnectionState::Disconnected:
        return {
            QStringLiteral("plug"),
            tr("Not connected"),
            Severity::Unknown,
            Action::Connect,
            tr("Connect")};
    case ConnectionState::Connecting:
        return {
            QStringLiteral("loader-circle"),
            tr("Connecting to %1… %2 s").arg(hostOf(profile)).arg(wholeSeconds(now - status.since)),
            Severity::Info,
            Action::Cancel,
            tr("Cancel"),
            true};
    case ConnectionState::AwaitingTrust:
        return {
            QStringLiteral("shield-question-mark"),
            tr("Certificate not trusted"),
            Severity::Warning,
            Action::ReviewTrust,
            tr("Review")};
    case ConnectionState::Authenticating:
        return {
            QStringLiteral("key-round"),
            profile.user.isEmpty() ? tr("Signing in…") : tr("Signing in as %1…").arg(profile.user),
            Severity::Info};
    case ConnectionState::Syncing:
        return {QStringLiteral("refresh-cw"), tr("Loading state…"), Severity::Info};
    case ConnectionState::Live:
        return {QStringLiteral("zap"), liveText(status), Severity::Ok};
    case ConnectionState::Degraded:
        return {QStringLiteral("activity"), behindText(status), Severity::Warning};
    case ConnectionState::Reconnecting:
        return {
            QStringLiteral("rotate-cw"),
            lostText(status, now, display),
            Severity::Error,
            Action::RetryNow,
            tr("Retry now"),
            true};
    case ConnectionState::Incompatible:
        return {
            QStringLiteral("octagon-alert"),
            incompatibleText(status),
            Severity::Critical,
            Action::Update,
            tr("Details")};
    case ConnectionState::SignedOut:
        break;
    }
    return {
        QStringLiteral("lock"),
        status.lastLive == absl::InfinitePast() ? tr("Not signed in") : tr("Session ended"),
        Severity::Warning,
        Action::SignIn,
        tr("Sign in")};
}

QString trustText(const ConnectionProfile& profile, const client::ConnectionStatus& status)
{
    if (profile.isLocalWorkspace || profile.address.startsWith(QLatin1String("unix:"))) {
        return tr("this computer");
    }
    const QString kind = profile.clientCertificateFile.isEmpty() ? tr("TLS") : tr("mTLS");
    if (status.state == ConnectionState::AwaitingTrust) {
        return tr("%1, not trusted").arg(kind);
    }
    if (!profile.caFile.isEmpty()) {
        return tr("%1, CA verified").arg(kind);
    }
    const bool wasAccepted = status.lastLive != absl::InfinitePast();
    return profile.pinnedFingerprint.isEmpty() && !wasAccepted ? kind : tr("%1, pinned").arg(kind);
}

} // namespace pilothouse::ui
