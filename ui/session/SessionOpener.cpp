// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/SessionOpener.h"

#include "ui/session/Address.h"
#include "ui/session/CertificateText.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <QFile>

namespace pilothouse::ui {

namespace {

constexpr qint64 kLargestPem = qint64{1024} * 1024;

absl::StatusOr<std::string> readPem(const QString& path, const char* what)
{
    if (path.isEmpty()) {
        return std::string();
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return withHint(
            absl::FailedPreconditionError(fmt::format(
                "cannot read the {} {}: {}",
                what,
                path.toStdString(),
                file.errorString().toStdString())),
            "Choose the file again in the connection's settings.");
    }
    const QByteArray bytes = file.read(kLargestPem);
    if (!bytes.contains("-----BEGIN ")) {
        return withHint(
            absl::InvalidArgumentError(
                fmt::format("the {} {} is not a PEM file", what, path.toStdString())),
            "Choose a file that begins with -----BEGIN.");
    }
    return bytes.toStdString();
}

} // namespace

SessionOpener::SessionOpener(
    ProfileStore& profiles,
    SecretStore& secrets,
    LocalWorkspace& workspace,
    ConnectionFactory factory,
    QString clientName,
    QObject* parent)
    : QObject(parent),
      m_profiles(profiles),
      m_secrets(secrets),
      m_workspace(workspace),
      m_factory(std::move(factory)),
      m_clientName(std::move(clientName))
{
    connect(&m_workspace, &LocalWorkspace::stateChanged, this, &SessionOpener::onWorkspace);
}

absl::StatusOr<client::ConnectionOptions> SessionOpener::optionsFor(
    const ConnectionProfile& profile)
{
    client::ConnectionOptions options;
    if (!profile.isLocalWorkspace) {
        PH_RETURN_IF_ERROR(checkAddress(profile.address));
    }
    options.address = profile.address.toStdString();
    options.pinnedFingerprint = profile.pinnedFingerprint.toStdString();
    PH_ASSIGN_OR_RETURN(options.caPem, readPem(profile.caFile, "CA certificate"));
    PH_ASSIGN_OR_RETURN(
        options.clientCertificatePem, readPem(profile.clientCertificateFile, "client certificate"));
    PH_ASSIGN_OR_RETURN(options.clientKeyPem, readPem(profile.clientKeyFile, "client key"));
    return options;
}

void SessionOpener::open(const ConnectionProfile& profile)
{
    ++m_attempt;
    m_profile = profile;
    m_isOpening = true;
    if (profile.isLocalWorkspace) {
        openWorkspace();
    } else {
        finish(profile.address);
    }
}

void SessionOpener::cancel()
{
    ++m_attempt;
    m_isOpening = false;
}

void SessionOpener::openWorkspace()
{
    if (m_workspace.state() == LocalWorkspace::State::Ready) {
        finish(m_workspace.address());
    } else {
        m_workspace.start();
    }
}

void SessionOpener::onWorkspace()
{
    if (!m_isOpening || !m_profile.isLocalWorkspace) {
        return;
    }
    if (m_workspace.state() == LocalWorkspace::State::Ready) {
        finish(m_workspace.address());
    } else if (m_workspace.state() == LocalWorkspace::State::Failed) {
        m_isOpening = false;
        Q_EMIT failed(m_workspace.error());
    } else if (m_workspace.state() == LocalWorkspace::State::Stopped) {
        m_workspace.start();
    }
}

void SessionOpener::finish(const QString& address)
{
    auto options = optionsFor(m_profile);
    if (!options.ok()) {
        m_isOpening = false;
        Q_EMIT failed(options.status());
        return;
    }
    options->address = address.toStdString();
    options->clientName = m_clientName.toStdString();
    if (address.startsWith(QLatin1String("unix:"))) {
        // The system says who is there: no token, so nothing to wait for.
        bind(*options);
        return;
    }
    m_secrets.read(
        m_profile.id, this, [this, attempt = m_attempt, options = *options](const QString& token) {
            if (attempt != m_attempt) {
                return;
            }
            client::ConnectionOptions complete = options;
            complete.token = token.toStdString();
            bind(std::move(complete));
        });
}

void SessionOpener::bind(client::ConnectionOptions options)
{
    m_isOpening = false;
    auto session = std::make_shared<Session>(m_profile, m_factory(std::move(options)));
    keep(*session);
    Q_EMIT opened(session);
}

void SessionOpener::keep(Session& session)
{
    const QString id = session.profile().id;
    connect(&session, &Session::tokenChanged, this, [this, id](const QString& token) {
        if (token.isEmpty()) {
            m_secrets.remove(id);
        } else {
            m_secrets.write(id, token);
        }
    });
    connect(
        &session,
        &Session::trusted,
        this,
        [this, id, profile = session.profile()](const client::Certificate& certificate) {
            const ConnectionProfile* known = m_profiles.find(id);
            if (known == nullptr || !known->isManaged) {
                // One that was given on the command line is kept from here on.
                ConnectionProfile changed = known != nullptr ? *known : profile;
                changed.pinnedFingerprint = QString::fromStdString(certificate.fingerprint);
                changed.pinnedDescription = describeCertificate(certificate);
                static_cast<void>(m_profiles.save(std::move(changed)));
            }
        });
    connect(&session, &Session::stateChanged, this, [this, id, &session] {
        const ConnectionProfile* known = m_profiles.find(id);
        if (session.state() == client::ConnectionState::Live && known != nullptr &&
            !known->isManaged) {
            ConnectionProfile changed = *known;
            changed.lastUsed = QDateTime::currentDateTimeUtc();
            static_cast<void>(m_profiles.save(std::move(changed)));
        }
    });
}

} // namespace pilothouse::ui
