// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/Clock.h"
#include "ui/session/Session.h"
#include "ui/session/TimeWindow.h"
#include "ui/settings/Settings.h"
#include "ui/shell/Command.h"
#include "ui/shell/ToastMessage.h"

#include <QString>
#include <QWidget>

#include <vector>

namespace pilothouse::ui {

class CommandRegistry;
class PageRegistry;
class Sheet;
class Theme;

/// What a page is made with. Everything outlives the page.
struct PageContext
{
    Session& session;
    /// The window's time range, shared by all its charts.
    TimeWindow& time;
    Settings& settings;
    const Theme& theme;
    const Clock& clock;
    /// The verbs of the page's window, for pages that list them; null in tests of a page alone.
    CommandRegistry* commands = nullptr;
    /// A window for this one page or a chart of it: what leads elsewhere is left out, and nothing
    /// is remembered for the next time.
    bool isTornOff = false;
    /// Where else something is shown, for links to it; null in tests of a page alone.
    const PageRegistry* pages = nullptr;
};

/// One place of the console. The shell makes a page when it is first opened, keeps it, shows one at
/// a time, and destroys all when the window changes its environment. A page builds its layout and
/// binds it to its view-model; it opens no dialog from its model and knows no other page.
///
/// Title, time range control and search stand in the shell's header: a page has no heading of its
/// own. Its body keeps an outer margin of 24 px (the shell adds none).
class Page : public QWidget
{
    Q_OBJECT

public:
    using QWidget::QWidget;

    /// Verbs that exist while this page is the current one; asked once, after construction. They
    /// appear in the palette, in the shortcut list and, by their keys, on the page.
    virtual std::vector<Command> commands() { return {}; }

    /// The selected object as text for a deep link ("http_requests_total"); empty for none.
    virtual QString object() const { return {}; }
    /// Opens a deep link's object; an unknown one shows an empty state that says so.
    virtual void openObject(const QString& object) { static_cast<void>(object); }

    /// What the audit calls the selection ("jobs/17"), or all that can be selected here ("jobs/*");
    /// empty: nobody changes anything on this page.
    virtual QString auditTarget() const { return {}; }

    /// What the page's filter says, for a deep link, and the way back.
    virtual QString filter() const { return {}; }
    virtual void setFilter(const QString& filter) { static_cast<void>(filter); }

    /// Becomes the shown page, or stops being it: open live streams in the first, close them in the
    /// second.
    virtual void setShown(bool shown) { static_cast<void>(shown); }

    /// F5.
    virtual void refresh() {}
    /// Ctrl+F: puts the focus into the page's filter; false when it has none.
    virtual bool focusFilter() { return false; }
    /// Where the focus goes when the page opens; null: the first that takes it.
    virtual QWidget* initialFocus() { return nullptr; }
    /// Details of the selection, shown at the right side; null when the page has none. The page
    /// keeps owning it until it is destroyed.
    virtual QWidget* inspector() { return nullptr; }
    /// How far down, in pixels, an inspector that lies over the page leaves it free: the page's own
    /// buttons stay in reach.
    virtual int overlayTop() const { return 0; }
    /// The object that a window torn off shows: the chart that has the focus, else `object()`.
    virtual QString tornOffObject() const { return object(); }
    /// Whether the header shows the time range control.
    virtual bool usesTimeRange() const { return true; }

    /// Splitters, columns and the like, kept for the operator.
    virtual QByteArray saveLayout() const { return {}; }
    virtual void restoreLayout(const QByteArray& layout) { static_cast<void>(layout); }

Q_SIGNALS:
    /// One line beside the title ("12 targets, 1 down"); empty for none.
    void subtitleChanged(const QString& subtitle);
    /// Things that want attention, for the navigation; 0 for none.
    void badgeChanged(int count);
    /// `object()` changed: becomes part of the history and of "Copy link".
    void objectChanged();
    /// `inspector()` has something to show or nothing any more.
    void inspectorChanged(bool hasDetails);
    /// Go to another page by its id, with an object or without.
    void openRequested(const QString& pageId, const QString& object);
    /// Live-data health for the status strip: series shown, updates a second, updates dropped.
    void liveDataChanged(int series, double perSecond, qulonglong dropped);
    /// Something ended, was done (with Undo) or went wrong that the page does not show.
    void toastRequested(const pilothouse::ui::ToastMessage& message);
    /// Ask in front of the window; the shell owns the sheet from here on. One at a time: an open
    /// one is closed.
    void sheetRequested(pilothouse::ui::Sheet* sheet);
};

} // namespace pilothouse::ui
