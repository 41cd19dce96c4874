// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/Console.h"

#include "app/console/Pages.h"
#include "ui/connections/ProfileListModel.h"
#include "ui/jobs/JobActivity.h"
#include "ui/plans/ApprovalNotices.h"
#include "ui/plans/WriteLock.h"
#include "ui/rollouts/RolloutWatch.h"

#include "shared/base/StatusHelpers.h"
#include "shared/base/WorkspacePath.h"

#include <QApplication>
#include <QDir>
#include <QLoggingCategory>
#include <QStandardPaths>
#include <QSysInfo>

#include <algorithm>

namespace pilothouse::console {

namespace {

const auto kLastConnection = QStringLiteral("last-connection");
const auto kLastSystemTheme = QStringLiteral("last-system-theme");

desktop::SystemTheme::LastKnown lastKnown(const ui::Settings& settings)
{
    using LastKnown = desktop::SystemTheme::LastKnown;
    const QByteArray known = settings.layout(kLastSystemTheme);
    return known == "dark"    ? LastKnown::Dark
           : known == "light" ? LastKnown::Light
                              : LastKnown::Nothing;
}

/// Qt's and our own messages on standard error, from the chosen level on.
void applyLogLevel(const QString& level)
{
    const QStringList levels{
        QStringLiteral("debug"), QStringLiteral("info"), QStringLiteral("warning")};
    QString rules;
    for (const QString& quieter : levels) {
        if (quieter == level) {
            break;
        }
        rules += QStringLiteral("*.%1=false\n").arg(quieter);
    }
    QLoggingCategory::setFilterRules(rules);
}

/// Where an administrator puts connections for everyone on this computer.
QString policyFile()
{
    const QStringList found = QStandardPaths::locateAll(
        QStandardPaths::GenericConfigLocation,
        QStringLiteral("pilothouse/managed-connections.json"));
    const QString own = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation);
    for (const QString& file : found) {
        // A policy that the operator could write himself would be none.
        if (!file.startsWith(own)) {
            return file;
        }
    }
    return {};
}

} // namespace

Folders Folders::of(const ConsoleOptions& options)
{
    if (!options.profileFolder.isEmpty()) {
        return {options.profileFolder, options.profileFolder + QStringLiteral("/local")};
    }
    return {
        QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation),
        QDir(localWorkspacePath()).path()};
}

Console::Console(QApplication& application, const Folders& folders)
    : m_application(application),
      m_settings(folders.config + QStringLiteral("/settings.ini")),
      m_systemTheme(lastKnown(m_settings)),
      m_profiles(folders.config + QStringLiteral("/connections.json"), policyFile()),
      m_secrets(QStringLiteral("Pilothouse")),
      m_workspace(ui::LocalWorkspace::Options{{}, folders.data, {}, 90000, 20000})
{
    followTheme();
    applyLogLevel(m_settings.logLevel());
    m_theme.applyTo(application);
    application.setQuitOnLastWindowClosed(false);
    connect(&m_settings, &ui::Settings::changed, this, &Console::followSettings);
    connect(&m_systemTheme, &desktop::SystemTheme::changed, this, &Console::followSettings);
    connect(&m_secrets, &ui::SecretStore::stateChanged, this, &Console::tellAboutSecrets);
    connect(&m_workspace, &ui::LocalWorkspace::stateChanged, this, [this] {
        if (m_isQuitting) {
            finish();
        }
    });
    addPages(m_pages, PageParts{m_profiles, m_secrets, folders.data});
    loadProfiles();
    m_secrets.probe();
}

Console::~Console()
{
    for (auto& window : m_windows) {
        delete window->frame;
    }
}

void Console::loadProfiles()
{
    const absl::Status loaded = m_profiles.load();
    m_profileNotice = loaded.ok() ? QString() : QString::fromStdString(describe(loaded));
}

void Console::followTheme()
{
    const bool systemIsDark = m_systemTheme.isDark();
    switch (m_settings.theme()) {
    case ui::ThemeChoice::System:
        m_theme.setMode(systemIsDark ? ui::ThemeMode::Dark : ui::ThemeMode::Light);
        break;
    case ui::ThemeChoice::Light:
        m_theme.setMode(ui::ThemeMode::Light);
        break;
    case ui::ThemeChoice::Dark:
        m_theme.setMode(ui::ThemeMode::Dark);
        break;
    case ui::ThemeChoice::HighContrast:
        m_theme.setMode(
            systemIsDark ? ui::ThemeMode::HighContrastDark : ui::ThemeMode::HighContrastLight);
        break;
    }
    m_theme.setTextScale(m_settings.textScale());
    m_theme.setCompact(m_settings.density() == ui::Density::Compact);
    m_theme.setReduceMotion(m_settings.reduceMotion());
}

void Console::followSettings()
{
    m_settings.setLayout(kLastSystemTheme, m_systemTheme.isDark() ? "dark" : "light");
    followTheme();
    applyLogLevel(m_settings.logLevel());
}

Console::Window& Console::makeWindow()
{
    auto window = std::make_unique<Window>();
    window->frame =
        new ui::MainWindow(ui::ShellContext{m_settings, m_theme, m_pages, systemClock()});
    window->opener = std::make_unique<ui::SessionOpener>(
        m_profiles,
        m_secrets,
        m_workspace,
        [](client::ConnectionOptions options) {
            return client::makeConnection(std::move(options));
        },
        tr("console on %1").arg(QSysInfo::machineHostName()));
    window->flow = new ui::ConnectionFlow(*window->frame, *window->opener);
    // They live with their window.
    new ui::WriteLock(*window->frame);
    new ui::ApprovalNotices(*window->frame, QStringLiteral("access"));
    new ui::RolloutWatch(*window->frame, QStringLiteral("rollouts"));
    new ui::JobActivity(*window->frame, QStringLiteral("jobs"));
    ui::MainWindow* frame = window->frame;
    connect(frame, &ui::MainWindow::closed, this, [this, frame] { onClosed(frame); });
    connect(frame, &ui::MainWindow::quitRequested, this, &Console::quit);
    connect(frame, &ui::MainWindow::newWindowRequested, this, [this, frame] {
        Window& next = makeWindow();
        next.frame->move(frame->pos() + QPoint(32, 32));
        next.frame->show();
        if (const ui::Session* session = frame->session()) {
            next.flow->open(session->profile());
        } else {
            next.flow->showManager();
        }
    });
    connect(
        frame, &ui::MainWindow::tearOffRequested, this, [this, frame](const ui::DeepLink& link) {
            tearOff(*frame, link);
        });
    connect(window->opener.get(), &ui::SessionOpener::opened, this, [this](const auto& session) {
        m_settings.setLayout(kLastConnection, session->profile().id.toUtf8());
    });
    m_windows.push_back(std::move(window));
    tellAboutSecrets();
    return *m_windows.back();
}

void Console::tearOff(const ui::MainWindow& from, const ui::DeepLink& link)
{
    const ui::Session* session = from.session();
    if (session == nullptr) {
        return;
    }
    const ui::ConnectionProfile profile = session->profile();
    Window& torn = makeWindow();
    torn.frame->setTornOff();
    torn.frame->move(from.pos() + QPoint(48, 48));
    torn.frame->openLink(link);
    torn.frame->show();
    torn.flow->open(profile);
}

void Console::tellAboutSecrets()
{
    QStringList notices;
    if (!m_profileNotice.isEmpty()) {
        notices << m_profileNotice;
    }
    if (m_secrets.state() == ui::SecretStore::State::SessionOnly &&
        !m_secrets.problem().isEmpty()) {
        notices << tr("%1. Sign-ins are remembered only until the console ends.")
                       .arg(m_secrets.problem());
    }
    for (const auto& window : m_windows) {
        window->flow->setNotice(
            m_profileNotice.isEmpty() ? ui::Severity::Info : ui::Severity::Warning,
            notices.join(QLatin1Char('\n')));
    }
}

void Console::open(const ConsoleOptions& options)
{
    // A link for a place in an environment that is open already goes to its window.
    if (options.link) {
        for (const auto& window : m_windows) {
            const ui::Session* session = window->frame->session();
            if (session != nullptr && !window->frame->isTornOff() &&
                session->profile().name == options.link->environment) {
                window->frame->openLink(*options.link);
                window->frame->raise();
                window->frame->activateWindow();
                return;
            }
        }
    }
    const bool isAgain = !m_windows.empty();
    if (isAgain && options.connection.isEmpty() && !options.local && !options.link) {
        m_windows.back()->frame->raise();
        m_windows.back()->frame->activateWindow();
        return;
    }
    Window& window = makeWindow();
    window.frame->show();
    openIn(window, options);
}

void Console::openIn(Window& window, const ConsoleOptions& options)
{
    const auto profile = wanted(options);
    if (options.link) {
        window.frame->openLink(*options.link);
    }
    if (profile) {
        window.flow->open(*profile);
        return;
    }
    if (options.link) {
        window.flow->setNotice(
            ui::Severity::Warning,
            tr("The link belongs to %1, which is not among your connections. Add it under that "
               "name.")
                .arg(options.link->environment));
    }
    window.flow->showManager();
}

std::optional<ui::ConnectionProfile> Console::wanted(const ConsoleOptions& options) const
{
    if (options.local) {
        return ui::localWorkspaceProfile();
    }
    if (!options.connection.isEmpty()) {
        return profileFor(options.connection);
    }
    const QString name = options.link ? options.link->environment
                                      : QString::fromUtf8(m_settings.layout(kLastConnection));
    if (name == ui::localWorkspaceProfile().id || name == ui::localWorkspaceProfile().name) {
        return ui::localWorkspaceProfile();
    }
    const ui::ConnectionProfile* known = m_profiles.find(name);
    return known != nullptr ? std::optional(*known) : std::nullopt;
}

ui::ConnectionProfile Console::profileFor(const QString& connection) const
{
    if (const ui::ConnectionProfile* known = m_profiles.find(connection)) {
        return *known;
    }
    const auto& profiles = m_profiles.profiles();
    const auto same = std::find_if(profiles.begin(), profiles.end(), [&](const auto& profile) {
        return profile.address == connection;
    });
    if (same != profiles.end()) {
        return *same;
    }
    ui::ConnectionProfile profile;
    profile.id = QStringLiteral("address:") + connection;
    profile.name = connection.startsWith(QLatin1String("unix:")) ? tr("This computer") : connection;
    profile.address = connection;
    return profile;
}

void Console::onClosed(ui::MainWindow* frame)
{
    const auto found = std::find_if(m_windows.begin(), m_windows.end(), [&](const auto& window) {
        return window->frame == frame;
    });
    if (found == m_windows.end()) {
        return;
    }
    // The frame is in its own close event.
    std::shared_ptr<Window> closed = std::move(*found);
    m_windows.erase(found);
    QMetaObject::invokeMethod(
        this,
        [this, closed] {
            delete closed->frame;
            closed->opener.reset();
            if (m_windows.empty()) {
                quit();
            }
        },
        Qt::QueuedConnection);
}

void Console::quit()
{
    if (m_isQuitting) {
        return;
    }
    m_isQuitting = true;
    for (const auto& window : m_windows) {
        window->frame->hide();
    }
    m_workspace.stop();
    finish();
}

void Console::finish()
{
    if (m_workspace.state() == ui::LocalWorkspace::State::Stopped ||
        m_workspace.state() == ui::LocalWorkspace::State::Failed) {
        m_application.quit();
    }
}

} // namespace pilothouse::console
