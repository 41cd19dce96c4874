// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/ConsoleOptions.h"
#include "app/desktop/SystemTheme.h"
#include "ui/connections/ConnectionFlow.h"
#include "ui/session/SessionOpener.h"
#include "ui/shell/MainWindow.h"
#include "ui/shell/PageRegistry.h"
#include "ui/theme/Theme.h"

#include <QObject>

#include <memory>
#include <vector>

class QApplication;

namespace pilothouse::console {

/// Where this console keeps its things.
struct Folders
{
    QString config;
    QString data;

    static Folders of(const ConsoleOptions& options);
};

/// The one place where the console is wired: settings, theme, connections, pages, windows.
class Console : public QObject
{
    Q_OBJECT

public:
    Console(QApplication& application, const Folders& folders);
    ~Console() override;

    /// Opens a window on what the options ask for; also for a second start of the program.
    void open(const ConsoleOptions& options);

private:
    /// A window with the parts that live and die with it.
    struct Window
    {
        std::unique_ptr<ui::SessionOpener> opener;
        ui::ConnectionFlow* flow = nullptr;
        ui::MainWindow* frame = nullptr;
    };

    void loadProfiles();
    void followSettings();
    void followTheme();
    Window& makeWindow();
    void tearOff(const ui::MainWindow& from, const ui::DeepLink& link);
    void openIn(Window& window, const ConsoleOptions& options);
    std::optional<ui::ConnectionProfile> wanted(const ConsoleOptions& options) const;
    ui::ConnectionProfile profileFor(const QString& connection) const;
    void tellAboutSecrets();
    void onClosed(ui::MainWindow* frame);
    void quit();
    void finish();

    QApplication& m_application;
    ui::Settings m_settings;
    desktop::SystemTheme m_systemTheme;
    ui::Theme m_theme;
    ui::ProfileStore m_profiles;
    ui::SecretStore m_secrets;
    ui::LocalWorkspace m_workspace;
    ui::PageRegistry m_pages;
    QString m_profileNotice;
    std::vector<std::unique_ptr<Window>> m_windows;
    bool m_isQuitting = false;
};

} // namespace pilothouse::console
