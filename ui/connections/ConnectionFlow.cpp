// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connections/ConnectionFlow.h"

#include "ui/connections/ConnectionManager.h"
#include "ui/connections/MessageScreen.h"
#include "ui/connections/SignInSheet.h"
#include "ui/connections/TrustSheet.h"
#include "ui/shell/EnvBand.h"
#include "ui/shell/SheetHost.h"

#include "shared/base/StatusHelpers.h"

#include <QPushButton>

namespace pilothouse::ui {

using client::ConnectionState;

ConnectionFlow::ConnectionFlow(MainWindow& window, SessionOpener& opener)
    : QObject(&window), m_window(window), m_opener(opener)
{
    connect(&window, &MainWindow::connectionsRequested, this, &ConnectionFlow::showManager);
    connect(&window, &MainWindow::connectionActionRequested, this, &ConnectionFlow::onAction);
    connect(&opener, &SessionOpener::opened, this, &ConnectionFlow::onOpened);
    connect(&opener, &SessionOpener::failed, this, &ConnectionFlow::onFailed);
    connect(&opener.workspace(), &LocalWorkspace::stateChanged, this, &ConnectionFlow::onWorkspace);
    connect(&opener.workspace(), &LocalWorkspace::logChanged, this, &ConnectionFlow::onWorkspace);
}

void ConnectionFlow::setNotice(Severity severity, const QString& text)
{
    m_noticeSeverity = severity;
    m_notice = text;
    if (m_manager) {
        m_manager->setNotice(severity, text);
    }
}

void ConnectionFlow::showManager()
{
    if (m_manager || m_window.sheets().sheet() != nullptr) {
        return;
    }
    m_message = nullptr;
    m_manager = new ConnectionManager(m_window.context().theme, m_opener);
    m_manager->setNotice(m_noticeSeverity, m_notice);
    m_manager->setCanLeave(m_window.session() != nullptr);
    if (m_window.session() != nullptr) {
        m_manager->select(m_window.session()->profile().id);
    }
    connect(m_manager, &ConnectionManager::connectRequested, this, &ConnectionFlow::open);
    connect(m_manager, &ConnectionManager::leaveRequested, this, [this] {
        leaveScreen();
        onState();
    });
    m_window.showScreen(m_manager);
}

void ConnectionFlow::open(const ConnectionProfile& profile)
{
    closeOwnSheet();
    const Session* current = m_window.session();
    if (current != nullptr && current->profile() == profile &&
        current->state() != ConnectionState::Disconnected) {
        leaveScreen();
        onState();
        return;
    }
    m_window.setSession(nullptr);
    m_window.setOpening(
        profile,
        profile.isLocalWorkspace ? tr("Starting the local server…")
                                 : tr("Opening %1…").arg(profile.name));
    m_opener.open(profile);
    if (profile.isLocalWorkspace && m_opener.isOpening() &&
        m_opener.workspace().state() != LocalWorkspace::State::Ready) {
        showWorkspace();
    }
}

void ConnectionFlow::onOpened(const std::shared_ptr<Session>& session)
{
    m_window.setSession(session);
    leaveScreen();
    connect(session.get(), &Session::stateChanged, this, &ConnectionFlow::onState);
    session->connection().connect();
}

void ConnectionFlow::onFailed(const absl::Status& error)
{
    if (m_opener.profile().isLocalWorkspace) {
        onWorkspace();
        return;
    }
    m_window.setOpening(std::nullopt);
    const QString text = QString::fromStdString(describe(error));
    showManager();
    if (m_manager) {
        m_manager->select(m_opener.profile().id);
        m_manager->setNotice(Severity::Error, text);
    }
}

bool ConnectionFlow::isLocal() const
{
    return m_window.session() != nullptr ? m_window.session()->profile().isLocalWorkspace
                                         : m_opener.profile().isLocalWorkspace;
}

void ConnectionFlow::onWorkspace()
{
    if (!isLocal()) {
        return;
    }
    LocalWorkspace& workspace = m_opener.workspace();
    if (workspace.state() == LocalWorkspace::State::Failed && !m_message && !m_manager) {
        showWorkspace();
        return;
    }
    if (!m_message) {
        return;
    }
    if (workspace.state() == LocalWorkspace::State::Ready && m_window.session() != nullptr) {
        leaveScreen();
        m_window.session()->connection().retryNow();
        return;
    }
    const bool hasFailed = workspace.state() == LocalWorkspace::State::Failed;
    m_message->setTitle(
        hasFailed ? tr("The local server did not start") : tr("Starting the local server"));
    m_message->setProblem(
        hasFailed ? QString::fromStdString(describe(workspace.error())) : QString());
    m_message->setText(
        hasFailed
            ? tr("Its data is kept in %1.").arg(workspace.dataDir())
            : tr("The first start prepares a database of its own, which takes some seconds."));
    m_message->setLog(workspace.log());
    if (hasFailed) {
        m_window.setOpening(std::nullopt);
    }
}

void ConnectionFlow::showWorkspace()
{
    m_manager = nullptr;
    m_message = new MessageScreen(
        m_window.context().theme, QStringLiteral("monitor"), tr("Starting the local server"));
    QPushButton* other = m_message->addButton(tr("Other connections"), /*isPrimary=*/false);
    QPushButton* again = m_message->addButton(tr("Start again"), /*isPrimary=*/true);
    again->setEnabled(m_opener.workspace().state() == LocalWorkspace::State::Failed);
    connect(other, &QAbstractButton::clicked, this, [this] {
        cancel();
        showManager();
    });
    connect(again, &QAbstractButton::clicked, this, [this] {
        if (m_window.session() != nullptr) {
            m_opener.workspace().start();
        } else {
            open(m_opener.profile());
        }
    });
    connect(&m_opener.workspace(), &LocalWorkspace::stateChanged, again, [this, again] {
        again->setEnabled(m_opener.workspace().state() == LocalWorkspace::State::Failed);
    });
    m_window.showScreen(m_message);
    onWorkspace();
}

void ConnectionFlow::onState()
{
    const Session* session = m_window.session();
    if (session == nullptr || m_manager) {
        return;
    }
    switch (session->state()) {
    case ConnectionState::AwaitingTrust:
        showTrust();
        break;
    case ConnectionState::SignedOut:
        showSignIn();
        break;
    case ConnectionState::Incompatible:
        closeOwnSheet();
        showIncompatible();
        break;
    case ConnectionState::Live:
    case ConnectionState::Degraded:
        closeOwnSheet();
        if (m_message) {
            leaveScreen();
        }
        break;
    case ConnectionState::Disconnected:
    case ConnectionState::Connecting:
    case ConnectionState::Authenticating:
    case ConnectionState::Syncing:
    case ConnectionState::Reconnecting:
        break;
    }
}

void ConnectionFlow::onAction(ConnectionAction action)
{
    Session* session = m_window.session();
    if (session == nullptr && action != ConnectionAction::Cancel) {
        return;
    }
    switch (action) {
    case ConnectionAction::Connect:
        session->connection().connect();
        break;
    case ConnectionAction::Cancel:
        cancel();
        showManager();
        break;
    case ConnectionAction::ReviewTrust:
        showTrust();
        break;
    case ConnectionAction::RetryNow:
        session->connection().retryNow();
        break;
    case ConnectionAction::Update:
        showIncompatible();
        break;
    case ConnectionAction::SignIn:
        showSignIn();
        break;
    case ConnectionAction::None:
        break;
    }
}

void ConnectionFlow::cancel()
{
    m_opener.cancel();
    m_window.setOpening(std::nullopt);
    if (m_window.session() != nullptr) {
        m_window.session()->connection().disconnect();
    }
}

void ConnectionFlow::showTrust()
{
    Session* session = m_window.session();
    const bool isAsking = m_sheet && m_window.sheets().sheet() == m_sheet;
    if (session == nullptr || !session->status().offered ||
        (isAsking && qobject_cast<TrustSheet*>(m_sheet.data()) != nullptr)) {
        return;
    }
    closeOwnSheet();
    const ConnectionProfile* known = m_opener.profiles().find(session->profile().id);
    auto* sheet = new TrustSheet(
        m_window.context().theme,
        known != nullptr ? *known : session->profile(),
        *session->status().offered);
    connect(sheet, &TrustSheet::answered, session, [session](bool trusted) {
        trusted ? session->trust() : session->refuseTrust();
    });
    m_sheet = sheet;
    m_window.sheets().open(sheet);
}

void ConnectionFlow::showSignIn()
{
    Session* session = m_window.session();
    const bool isAsking = m_sheet && m_window.sheets().sheet() == m_sheet;
    if (session == nullptr || (isAsking && qobject_cast<SignInSheet*>(m_sheet.data()) != nullptr)) {
        return;
    }
    closeOwnSheet();
    auto* sheet = new SignInSheet(m_window.context().theme, *session, m_opener.secrets());
    m_sheet = sheet;
    m_window.sheets().open(sheet);
}

void ConnectionFlow::showIncompatible()
{
    const Session* session = m_window.session();
    if (session == nullptr || m_message) {
        return;
    }
    const client::ConnectionStatus& status = session->status();
    m_manager = nullptr;
    m_message = new MessageScreen(
        m_window.context().theme,
        QStringLiteral("octagon-alert"),
        m_window.band().connectionText().text);
    const QString version =
        status.server ? QString::fromStdString(status.server->version) : tr("unknown");
    m_message->setText(tr("Server: %1. This console: %2, which speaks version %3 of the interface. "
                          "Install the console that belongs to the server; nothing was changed.")
                           .arg(version, QStringLiteral(PILOTHOUSE_VERSION))
                           .arg(system::kApiMajor));
    m_message->setProblem(
        status.error.ok() ? QString() : QString::fromStdString(describe(status.error)));
    QPushButton* other = m_message->addButton(tr("Other connections"), /*isPrimary=*/false);
    QPushButton* retry = m_message->addButton(tr("Try again"), /*isPrimary=*/true);
    connect(other, &QAbstractButton::clicked, this, &ConnectionFlow::showManager);
    connect(retry, &QAbstractButton::clicked, this, [this] {
        leaveScreen();
        m_window.session()->connection().connect();
    });
    m_window.showScreen(m_message);
}

void ConnectionFlow::leaveScreen()
{
    // Gone from here on, although they are deleted a little later.
    m_manager = nullptr;
    m_message = nullptr;
    m_window.showScreen(nullptr);
}

void ConnectionFlow::closeOwnSheet()
{
    if (m_sheet && m_window.sheets().sheet() == m_sheet) {
        m_window.sheets().close();
    }
    m_sheet = nullptr;
}

} // namespace pilothouse::ui
