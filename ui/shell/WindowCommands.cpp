// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/CommandIds.h"
#include "ui/shell/CommandPalette.h"
#include "ui/shell/MainWindow.h"
#include "ui/shell/PageHeader.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/ToastStack.h"

#include <QClipboard>
#include <QGuiApplication>

namespace pilothouse::ui {

namespace {

constexpr double kShift = 0.5;
constexpr double kZoom = 0.5;
constexpr int kNumberedPages = 9;

QString actions()
{
    return CommandRegistry::tr("Actions");
}

/// A verb of the whole window.
Command verb(
    const QString& id,
    const QString& title,
    const QString& icon,
    const QKeySequence& key,
    std::function<void()> run,
    std::function<QString()> disabledReason = {})
{
    return {id, title, icon, key, actions(), {}, {}, std::move(disabledReason), std::move(run)};
}

/// Reason for a verb that needs a page.
std::function<QString()> needsPage(MainWindow& window)
{
    return [&window] {
        return window.pages().page() == nullptr ? MainWindow::tr("No page is open") : QString();
    };
}

std::function<QString()> needsSession(MainWindow& window)
{
    return [&window] {
        return window.session() == nullptr ? MainWindow::tr("No connection chosen") : QString();
    };
}

void addPageCommands(MainWindow& window)
{
    int number = 0;
    for (const PageSpec& page : window.context().pages.pages()) {
        ++number;
        Command command;
        command.id = command::openPage(page.id);
        command.title = page.title;
        command.icon = page.icon;
        command.section = MainWindow::tr("Go to");
        command.permission = page.permission;
        if (number <= kNumberedPages) {
            command.shortcut =
                QKeySequence(Qt::ControlModifier | static_cast<Qt::Key>(Qt::Key_0 + number));
        }
        if (page.id == QLatin1String("settings")) {
            command.alternative = QKeySequence(Qt::CTRL | Qt::Key_Comma);
        }
        command.disabledReason = needsSession(window);
        command.run = [&window, id = page.id] {
            window.showScreen(nullptr);
            window.pages().open(id);
        };
        window.commands().add(std::move(command));
    }
}

void addConnectionCommands(MainWindow& window)
{
    window.commands().add(std::vector<Command>{
        verb(
            command::kConnections,
            MainWindow::tr("Switch connection"),
            QStringLiteral("plug"),
            QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E),
            [&window] { Q_EMIT window.connectionsRequested(); }),
        verb(
            command::kRetry,
            MainWindow::tr("Retry the connection now"),
            QStringLiteral("rotate-cw"),
            {},
            [&window] { window.session()->connection().retryNow(); },
            [&window] {
                return window.session() != nullptr &&
                               window.session()->state() == client::ConnectionState::Reconnecting
                           ? QString()
                           : MainWindow::tr("The connection is not waiting to be retried");
            }),
        verb(
            command::kDisconnect,
            MainWindow::tr("Disconnect"),
            QStringLiteral("unplug"),
            {},
            [&window] { window.session()->connection().disconnect(); },
            needsSession(window)),
        verb(
            command::kSignOut,
            MainWindow::tr("Sign out"),
            QStringLiteral("log-out"),
            {},
            [&window] { window.session()->signOut(); },
            [&window] {
                const Session* session = window.session();
                if (session == nullptr || !session->isUsable()) {
                    return MainWindow::tr("You are not signed in");
                }
                const auto& identity = session->status().identity;
                return identity && identity->authentication == "unix-socket"
                           ? MainWindow::tr(
                                 "On this computer you are who you are signed in to the system as")
                           : QString();
            }),
    });
}

void addTimeCommands(MainWindow& window)
{
    const auto usesTime = [&window] {
        const Page* page = window.pages().page();
        return page != nullptr && page->usesTimeRange()
                   ? QString()
                   : MainWindow::tr("This page does not show a stretch of time");
    };
    TimeWindow& time = window.time();
    window.commands().add(std::vector<Command>{
        verb(
            command::kPause,
            MainWindow::tr("Pause or follow live data"),
            QStringLiteral("pause"),
            QKeySequence(Qt::Key_Space),
            [&time] {
                if (time.isFollowing()) {
                    time.setPaused(true);
                } else if (time.isPaused()) {
                    time.setPaused(false);
                } else {
                    time.isZoomed() ? time.resetZoom()
                                    : time.setRange(TimeRange::lastOf(TimeRange().live));
                }
            },
            usesTime),
        verb(
            command::kTimeRange,
            MainWindow::tr("Choose the time range"),
            QStringLiteral("clock"),
            QKeySequence(Qt::CTRL | Qt::Key_T),
            [&window] { window.header().chooseTimeRange(); },
            usesTime),
        verb(
            command::kEarlier,
            MainWindow::tr("Move the time range earlier"),
            QStringLiteral("chevron-left"),
            QKeySequence(Qt::Key_BracketLeft),
            [&time] { time.shiftBy(-kShift); },
            usesTime),
        verb(
            command::kLater,
            MainWindow::tr("Move the time range later"),
            QStringLiteral("chevron-right"),
            QKeySequence(Qt::Key_BracketRight),
            [&time] { time.shiftBy(kShift); },
            usesTime),
        verb(
            command::kZoomIn,
            MainWindow::tr("Zoom into the time range"),
            QStringLiteral("zoom-in"),
            QKeySequence(Qt::Key_Plus),
            [&time] { time.zoomBy(kZoom); },
            usesTime),
        verb(
            command::kZoomOut,
            MainWindow::tr("Zoom out of the time range"),
            QStringLiteral("zoom-out"),
            QKeySequence(Qt::Key_Minus),
            [&time] { time.zoomBy(1 / kZoom); },
            usesTime),
        verb(
            command::kZoomReset,
            MainWindow::tr("Back from zoom"),
            QStringLiteral("undo-2"),
            QKeySequence(Qt::Key_0),
            [&time] { time.resetZoom(); },
            [&time] {
                return time.isZoomed() ? QString() : MainWindow::tr("The charts are not zoomed");
            }),
    });
}

/// What was done to what is selected, or on this page: the audit narrowed to it.
Command changes(MainWindow& window)
{
    Command command = verb(
        command::kChanges,
        MainWindow::tr("What changed here?"),
        QStringLiteral("history"),
        QKeySequence(Qt::CTRL | Qt::Key_H),
        [&window] {
            window.pages().open(QStringLiteral("audit"), window.pages().page()->auditTarget());
        },
        [&window] {
            return window.showsChanges() ? QString()
                                         : MainWindow::tr("Nothing is changed on this page");
        });
    command.permission = QStringLiteral("audit.view");
    return command;
}

void addViewCommands(MainWindow& window)
{
    const auto page = needsPage(window);
    if (window.context().pages.find(QStringLiteral("audit")) != nullptr) {
        window.commands().add(changes(window));
    }
    window.commands().add(std::vector<Command>{
        verb(
            command::kRefresh,
            MainWindow::tr("Refresh the page"),
            QStringLiteral("refresh-cw"),
            QKeySequence(Qt::Key_F5),
            [&window] { window.pages().page()->refresh(); },
            page),
        verb(
            command::kFilter,
            MainWindow::tr("Filter this page"),
            QStringLiteral("filter"),
            QKeySequence(Qt::CTRL | Qt::Key_F),
            [&window] {
                if (!window.pages().page()->focusFilter()) {
                    window.setNotice(MainWindow::tr("This page has nothing to filter"));
                }
            },
            page),
        verb(
            command::kInspector,
            MainWindow::tr("Show or hide details"),
            QStringLiteral("panel-right"),
            QKeySequence(Qt::Key_F4),
            [&window] { window.setInspectorShown(!window.isInspectorShown()); },
            page),
        verb(
            command::kNavigation,
            MainWindow::tr("Widen or narrow the navigation"),
            QStringLiteral("panel-left"),
            QKeySequence(Qt::CTRL | Qt::Key_B),
            [&window] { window.setNavigationCollapsed(!window.isNavigationCollapsed()); }),
        verb(
            command::kNextRegion,
            MainWindow::tr("Go to the next region"),
            {},
            QKeySequence(Qt::Key_F6),
            [&window] { window.moveRegion(1); }),
        verb(
            command::kPreviousRegion,
            MainWindow::tr("Go to the previous region"),
            {},
            QKeySequence(Qt::SHIFT | Qt::Key_F6),
            [&window] { window.moveRegion(-1); }),
        // The Menu key works by itself everywhere, this one only on some systems.
        verb(
            command::kFocusMenu,
            MainWindow::tr("Open the menu of what has the focus"),
            {},
            QKeySequence(Qt::SHIFT | Qt::Key_F10),
            [&window] { window.openFocusMenu(); },
            page),
        verb(
            command::kExport,
            MainWindow::tr("Save a picture of this page"),
            QStringLiteral("image"),
            QKeySequence(Qt::CTRL | Qt::Key_E),
            [&window] { window.savePicture(); },
            page),
        verb(
            command::kMessages,
            MainWindow::tr("Go to the newest message"),
            QStringLiteral("bell"),
            QKeySequence(Qt::ALT | Qt::Key_M),
            [&window] { window.toasts().focusNewest(); },
            [&window] {
                return window.toasts().isEmpty() ? MainWindow::tr("No message is shown")
                                                 : QString();
            }),
        verb(
            command::kFullScreen,
            MainWindow::tr("Full screen"),
            QStringLiteral("maximize-2"),
            QKeySequence(Qt::Key_F11),
            [&window] { window.setFullScreen(!window.isFullScreen()); }),
        verb(
            command::kClock,
            MainWindow::tr("Switch between UTC and local time"),
            QStringLiteral("clock"),
            {},
            [&window] {
                Settings& settings = window.context().settings;
                settings.setTimeDisplay(
                    settings.timeDisplay() == TimeDisplay::Utc ? TimeDisplay::Local
                                                               : TimeDisplay::Utc);
            }),
        verb(
            command::kCopyLink,
            MainWindow::tr("Copy a link to this place"),
            QStringLiteral("link"),
            QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C),
            [&window] {
                const QString link = toText(*window.currentLink());
                QGuiApplication::clipboard()->setText(link);
                window.setNotice(MainWindow::tr("Copied %1").arg(link));
            },
            page),
    });
}

} // namespace

void addWindowCommands(MainWindow& window)
{
    addPageCommands(window);
    addConnectionCommands(window);
    addTimeCommands(window);
    addViewCommands(window);
    Command palette = verb(
        command::kPalette,
        MainWindow::tr("Search or run a command"),
        QStringLiteral("search"),
        QKeySequence(Qt::CTRL | Qt::Key_K),
        [&window] { window.palette().open(); });
    palette.alternative = QKeySequence(Qt::Key_F1);
    window.commands().add(std::vector<Command>{
        std::move(palette),
        verb(
            command::kBack,
            MainWindow::tr("Go back"),
            QStringLiteral("chevron-left"),
            QKeySequence(Qt::ALT | Qt::Key_Left),
            [&window] { window.pages().goBack(); },
            [&window] {
                return window.pages().canGoBack() ? QString()
                                                  : MainWindow::tr("This is where you began");
            }),
        verb(
            command::kForward,
            MainWindow::tr("Go forward"),
            QStringLiteral("chevron-right"),
            QKeySequence(Qt::ALT | Qt::Key_Right),
            [&window] { window.pages().goForward(); },
            [&window] {
                return window.pages().canGoForward() ? QString()
                                                     : MainWindow::tr("There is no later place");
            }),
        verb(
            command::kNewWindow,
            MainWindow::tr("New window"),
            QStringLiteral("copy"),
            QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N),
            [&window] { Q_EMIT window.newWindowRequested(); }),
        verb(
            command::kTearOff,
            MainWindow::tr("Open this page or chart in its own window"),
            QStringLiteral("external-link"),
            QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_D),
            [&window] { Q_EMIT window.tearOffRequested(*window.tornOffLink()); },
            needsPage(window)),
        verb(
            command::kQuit,
            MainWindow::tr("Quit"),
            QStringLiteral("power"),
            QKeySequence(Qt::CTRL | Qt::Key_Q),
            [&window] { Q_EMIT window.quitRequested(); }),
    });
}

} // namespace pilothouse::ui
