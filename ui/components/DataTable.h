// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/StateView.h"
#include "ui/components/TableModel.h"
#include "ui/components/TableText.h"
#include "ui/theme/Theme.h"

#include <QWidget>

class QHBoxLayout;
class QMenu;
class QTableView;

namespace pilothouse::ui {

class Button;
class SearchField;
class TableFilter;
class TextLabel;

/// A table of up to some ten thousand rows: sort by any column, filter, choose and order columns,
/// copy in four formats; live updates keep selection and scroll position, and wait while its menu
/// is open. Shows by itself that nothing matches; loading, empty and error come by `setState`.
///
/// Of more rows than that the server holds the order: after `setServerSide` sorting and filtering
/// are only reported, rows stay as given, and `moreWanted` asks for the next page while
/// `setMore(true)` stands.
class DataTable : public QWidget
{
    Q_OBJECT

public:
    /// With Bare there is no filter bar and no row count: a small table inside a card.
    enum class Chrome { Full, Bare };

    /// `name` is what a screen reader calls the table.
    DataTable(
        const Theme& theme,
        const QString& name,
        std::vector<TableColumn> columns,
        Chrome chrome = Chrome::Full,
        QWidget* parent = nullptr);

    void setRows(std::vector<TableRow> rows);
    /// Only what changed: see TableModel.
    void updateRows(std::vector<TableRow> rows);
    void removeRows(const QStringList& keys);
    void setState(const DataState& state);
    void setStaleNote(const QString& note);
    void setFilter(const QString& text);
    /// Adds a control in front of the filter; only with full chrome.
    void addControl(QWidget* control);
    /// Of `total` rows there are, when the model holds only a part; -1 for all.
    void setTotal(qint64 total);
    void setServerSide(bool serverSide);
    /// There are further rows behind the last one given.
    void setMore(bool more);
    QString filter() const;

    /// Keys of the selected rows, top to bottom as shown.
    QStringList selectedKeys() const;
    void select(const QString& key);
    void sortBy(const QString& columnId, Qt::SortOrder order);
    void setColumnShown(const QString& columnId, bool shown);
    bool isColumnShown(const QString& columnId) const;
    /// Selected rows, or all that are shown when none is; columns as shown.
    QString text(TableFormat format) const;
    void copy(TableFormat format) const;
    /// Asks for a file and writes `text` there.
    void save();
    QString countText() const;

    QByteArray saveLayout() const;
    void restoreLayout(const QByteArray& layout);
    void focusFilter();

    const TableModel& model() const { return *m_model; }
    /// A length of the design, times the text scale.
    int px(int length) const { return m_theme.px(length); }
    QTableView& view() { return *m_view; }
    /// Where the focus goes to walk the rows.
    QWidget& focusTarget();

Q_SIGNALS:
    void selectionChanged();
    /// Enter or double click.
    void activated(const QString& key);
    /// The action of the state ("Retry"); clearing the filter is done here.
    void actionTriggered();
    /// What is filtered by or sorted by changed; on the server's side it is asked anew with it.
    void filterChanged(const QString& filter);
    void sortChanged(const QString& columnId, Qt::SortOrder order);
    /// The end of the rows comes into sight; once until rows are given.
    void moreWanted();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildView(const QString& name);
    void buildBar(const QString& name);
    void restyle();
    void refreshState();
    /// While a menu is open: what the table will hold afterwards.
    std::vector<TableRow>& waitingRows();
    void askForMore();
    /// A menu during which updates wait.
    QMenu* makeMenu();
    void openMenu(const QPoint& at);
    void addSorting(QMenu& menu);
    void addColumns(QMenu& menu);
    void moveColumn(int step);
    QList<int> shownColumns() const;
    int columnOf(const QString& id) const;

    const Theme& m_theme;
    Chrome m_chrome;
    TableModel* m_model;
    TableFilter* m_filter;
    QTableView* m_view;
    StateView* m_states;
    QHBoxLayout* m_bar = nullptr;
    int m_controls = 0;
    SearchField* m_search = nullptr;
    Button* m_columns = nullptr;
    TextLabel* m_count = nullptr;
    DataState m_given = DataState::live();
    qint64 m_total = -1;
    bool m_isServerSide = false;
    bool m_hasMore = false;
    bool m_isMoreAsked = false;
    /// While a menu is open updates wait here.
    bool m_menuOpen = false;
    std::optional<std::vector<TableRow>> m_waiting;
};

} // namespace pilothouse::ui
