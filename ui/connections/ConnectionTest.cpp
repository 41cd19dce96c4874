// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connections/ConnectionTest.h"

#include "ui/session/CertificateText.h"

#include "shared/base/StatusHelpers.h"

namespace pilothouse::ui {

ConnectionTest::ConnectionTest(const SessionOpener& opener, QObject* parent)
    : QObject(parent), m_opener(opener)
{
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        finish(Severity::Error, tr("No answer within 8 s"));
    });
}

void ConnectionTest::start(const ConnectionProfile& profile)
{
    auto options = SessionOpener::optionsFor(profile);
    if (!options.ok()) {
        finish(Severity::Error, QString::fromStdString(describe(options.status())));
        return;
    }
    options->clientName = m_opener.clientName().toStdString();
    m_session = std::make_unique<Session>(profile, m_opener.factory()(std::move(*options)));
    connect(m_session.get(), &Session::statusChanged, this, &ConnectionTest::onState);
    m_deadline.start(kDeadlineMs);
    m_session->connection().connect();
}

void ConnectionTest::onState()
{
    using client::ConnectionState;
    const client::ConnectionStatus& status = m_session->status();
    const QString version =
        status.server ? QString::fromStdString(status.server->version) : QString();
    switch (status.state) {
    case ConnectionState::Live:
    case ConnectionState::Degraded:
        finish(Severity::Ok, tr("Connected: server %1 answers").arg(version));
        break;
    case ConnectionState::SignedOut:
        finish(Severity::Ok, tr("Server %1 answers; sign in when you connect").arg(version));
        break;
    case ConnectionState::AwaitingTrust: {
        const QString fingerprint =
            status.offered ? QString::fromStdString(status.offered->fingerprint) : QString();
        finish(
            Severity::Warning,
            tr("A server answers with a certificate that is not trusted yet: %1")
                .arg(fingerprintWords(fingerprint).join(QLatin1Char(' '))));
        break;
    }
    case ConnectionState::Incompatible:
        finish(Severity::Error, tr("Server %1 needs another console").arg(version));
        break;
    case ConnectionState::Reconnecting:
    case ConnectionState::Disconnected:
        if (!status.error.ok()) {
            finish(Severity::Error, QString::fromStdString(describe(status.error)));
        }
        break;
    case ConnectionState::Connecting:
    case ConnectionState::Authenticating:
    case ConnectionState::Syncing:
        break;
    }
}

void ConnectionTest::finish(Severity severity, const QString& text)
{
    m_deadline.stop();
    if (m_session) {
        m_session->disconnect(this);
        // Later, because this may run inside its signal.
        m_session.release()->deleteLater();
    }
    Q_EMIT finished(severity, text);
}

} // namespace pilothouse::ui
