// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/CommandRegistry.h"
#include "ui/shell/ConnectionText.h"
#include "ui/shell/DeepLink.h"
#include "ui/shell/PageRegistry.h"

#include <QPointer>
#include <QWidget>

#include <memory>
#include <optional>

class QHBoxLayout;
class QStackedLayout;

namespace pilothouse::ui {

class CommandPalette;
class EnvBand;
class InspectorPane;
class NavRail;
class PageHeader;
class PageHost;
class SheetHost;
class StatusStrip;
class ToastStack;

/// What every window is made with; it outlives them.
struct ShellContext
{
    Settings& settings;
    const Theme& theme;
    const PageRegistry& pages;
    const Clock& clock;
};

/// The frame of a window: band, navigation, header, page, inspector, strip, and what lies over them
/// (palette, sheets). It knows pages and verbs only as tables. GUI thread only.
class MainWindow : public QWidget
{
    Q_OBJECT

public:
    enum class Region { Band, Navigation, Header, Body, Inspector, Strip };

    explicit MainWindow(const ShellContext& context, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// Shares ownership with whoever made it until both let go; pages of the earlier one are
    /// destroyed.
    void setSession(std::shared_ptr<Session> session);
    Session* session() const { return m_session.get(); }
    /// What the band says while there is no session yet.
    void setOpening(const std::optional<ConnectionProfile>& profile, const QString& progress = {});

    /// Shows this in place of navigation and pages, and owns it; null: back to the pages.
    void showScreen(QWidget* screen);
    QWidget* screen() const { return m_screen; }

    /// A window for one page: no navigation, and it leaves no trace in the settings. Call it before
    /// there is a session.
    void setTornOff();
    bool isTornOff() const { return m_isTornOff; }
    /// Whether the audit knows what can be changed on this page.
    bool showsChanges() const;

    /// Opens the link's page, object and time; kept until there is a session if there is none.
    void openLink(const DeepLink& link);
    /// Where the window is; nothing without a page.
    std::optional<DeepLink> currentLink() const;
    /// The same for the chart that has the focus, as `tearOffRequested` takes it.
    std::optional<DeepLink> tornOffLink() const;

    void moveRegion(int step);
    /// The context menu of what has the focus, where its cursor or current row is.
    void openFocusMenu();
    void setInspectorShown(bool shown);
    bool isInspectorShown() const { return m_wantsInspector; }
    void setNavigationCollapsed(bool collapsed);
    bool isNavigationCollapsed() const;
    void setFullScreen(bool fullScreen);
    void setNotice(const QString& text);
    /// What wants attention on a page that may not have been opened yet.
    void setBadge(const QString& pageId, int count);
    /// Asks for a file and writes the page there as it looks now.
    void savePicture();

    CommandRegistry& commands() { return *m_commands; }
    TimeWindow& time() { return *m_time; }
    PageHost& pages() { return *m_pages; }
    SheetHost& sheets() { return *m_sheets; }
    ToastStack& toasts() { return *m_toasts; }
    EnvBand& band() { return *m_band; }
    CommandPalette& palette() { return *m_palette; }
    PageHeader& header() { return *m_header; }
    StatusStrip& strip() { return *m_strip; }
    const ShellContext& context() const { return m_context; }

Q_SIGNALS:
    /// Another session, or none; its pages are not opened yet.
    void sessionChanged();
    void connectionsRequested();
    void connectionActionRequested(pilothouse::ui::ConnectionAction action);
    void newWindowRequested();
    /// The link's place in a window of its own.
    void tearOffRequested(const pilothouse::ui::DeepLink& link);
    void quitRequested();
    void closed();

protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildLayout();
    void wire();
    void onPageChanged();
    void onInspectorChanged(bool hasDetails);
    void arrangeInspector();
    void placeInspector();
    bool leaveInspector();
    void followOpenLink();
    void refreshTitle();
    void refreshNavigation();
    Region currentRegion() const;
    bool focusRegion(Region region);

    ShellContext m_context;
    std::shared_ptr<Session> m_session;
    CommandRegistry* m_commands;
    TimeWindow* m_time;
    EnvBand* m_band;
    NavRail* m_nav;
    PageHeader* m_header;
    PageHost* m_pages;
    InspectorPane* m_inspector;
    StatusStrip* m_strip;
    QWidget* m_content;
    QWidget* m_work;
    QHBoxLayout* m_body = nullptr;
    QPointer<QWidget> m_screen;
    QStackedLayout* m_stack = nullptr;
    CommandPalette* m_palette;
    SheetHost* m_sheets;
    ToastStack* m_toasts;
    std::optional<DeepLink> m_pendingLink;
    bool m_wantsInspector = true;
    bool m_wantsNarrow = false;
    bool m_isTornOff = false;
};

/// The shell's own verbs for a window.
void addWindowCommands(MainWindow& window);

} // namespace pilothouse::ui
