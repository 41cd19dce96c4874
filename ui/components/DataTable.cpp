// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/DataTable.h"

#include "ui/components/Button.h"
#include "ui/components/Format.h"
#include "ui/components/SearchField.h"
#include "ui/components/TableDelegate.h"
#include "ui/components/TableFilter.h"
#include "ui/components/TextLabel.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

DataTable::DataTable(
    const Theme& theme,
    const QString& name,
    std::vector<TableColumn> columns,
    Chrome chrome,
    QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_chrome(chrome),
      m_model(new TableModel(std::move(columns), this)),
      m_filter(new TableFilter(this)),
      m_view(new QTableView(this)),
      m_states(new StateView(theme, m_view, this))
{
    m_filter->setSourceModel(m_model);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme.px(space::kS));
    if (chrome == Chrome::Full) {
        buildBar(name);
    }
    buildView(name);
    layout->addWidget(m_states, 1);
    connect(m_states, &StateView::actionTriggered, this, [this] {
        if (m_states->state().kind == DataState::Kind::FilteredEmpty) {
            setFilter({});
        } else {
            Q_EMIT actionTriggered();
        }
    });
    m_states->setState(m_given);
    restyle();
    connect(&theme, &Theme::changed, this, &DataTable::restyle);
}

void DataTable::buildBar(const QString& name)
{
    auto* bar = new QHBoxLayout;
    m_bar = bar;
    bar->setSpacing(m_theme.px(space::kS));
    m_search = new SearchField(m_theme, tr("Filter: words, or column:value"), this);
    m_search->setAccessibleName(tr("Filter %1").arg(name));
    m_count = new TextLabel(m_theme, TypeRole::Label, {}, this);
    m_columns = Button::iconOnly(m_theme, tr("Columns"), QStringLiteral("columns-3"), this);
    bar->addWidget(m_search, 1);
    bar->addWidget(m_count);
    bar->addWidget(m_columns);
    static_cast<QVBoxLayout*>(layout())->addLayout(bar);
    connect(m_search, &SearchField::searched, this, &DataTable::setFilter);
    connect(m_columns, &QPushButton::clicked, this, [this] {
        QMenu* menu = makeMenu();
        addColumns(*menu);
        menu->popup(m_columns->mapToGlobal(QPoint(0, m_columns->height())));
    });
}

void DataTable::buildView(const QString& name)
{
    m_view->setModel(m_filter);
    m_view->setItemDelegate(new TableDelegate(m_theme, m_view));
    m_view->setAccessibleName(name);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setShowGrid(false);
    m_view->setMouseTracking(true);
    m_view->setWordWrap(false);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setTabKeyNavigation(false);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->installEventFilter(this);
    // Where two scroll bars meet, the card shows through instead of a dark square.
    m_view->setCornerWidget(new QWidget(m_view));
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView* header = m_view->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsMovable(true);
    header->setSectionsClickable(true);
    header->setAccessibleName(tr("Columns of %1").arg(name));
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(-1, Qt::AscendingOrder);
    for (int column = 0; column < m_model->columnCount(); ++column) {
        const TableColumn& spec = m_model->columns()[static_cast<std::size_t>(column)];
        if (spec.width == 0) {
            header->setSectionResizeMode(column, QHeaderView::Stretch);
        }
        m_view->setColumnHidden(column, spec.optional);
    }
    connect(m_view, &QWidget::customContextMenuRequested, this, &DataTable::openMenu);
    connect(m_view->verticalScrollBar(), &QScrollBar::valueChanged, this, &DataTable::askForMore);
    connect(
        header, &QHeaderView::sortIndicatorChanged, this, [this](int column, Qt::SortOrder order) {
            if (column >= 0) {
                const auto& spec = m_model->columns()[static_cast<std::size_t>(column)];
                Q_EMIT sortChanged(spec.id, order);
            }
        });
    connect(m_view, &QTableView::doubleClicked, this, [this](const QModelIndex& index) {
        Q_EMIT activated(index.data(TableModel::KeyRole).toString());
    });
    connect(
        m_view->selectionModel(),
        &QItemSelectionModel::selectionChanged,
        this,
        &DataTable::selectionChanged);
}

void DataTable::restyle()
{
    m_view->verticalHeader()->setDefaultSectionSize(m_theme.rowHeight());
    QHeaderView* header = m_view->horizontalHeader();
    QFont font = m_theme.font(TypeRole::Label);
    font.setWeight(QFont::Medium);
    header->setFont(font);
    QPalette palette = m_theme.palette();
    palette.setColor(QPalette::ButtonText, m_theme.color(Color::TextSecondary));
    header->setPalette(palette);
    for (int column = 0; column < m_model->columnCount(); ++column) {
        const int width = m_model->columns()[static_cast<std::size_t>(column)].width;
        if (width > 0) {
            m_view->setColumnWidth(column, m_theme.px(width));
        }
    }
}

void DataTable::setRows(std::vector<TableRow> rows)
{
    if (m_menuOpen) {
        m_waiting = std::move(rows);
        return;
    }
    const int scrolled = m_view->verticalScrollBar()->value();
    m_model->setRows(std::move(rows));
    m_view->verticalScrollBar()->setValue(scrolled);
    m_isMoreAsked = false;
    refreshState();
}

std::vector<TableRow>& DataTable::waitingRows()
{
    if (!m_waiting) {
        m_waiting = m_model->rows();
    }
    return *m_waiting;
}

void DataTable::updateRows(std::vector<TableRow> rows)
{
    if (m_menuOpen) {
        std::vector<TableRow>& waiting = waitingRows();
        for (TableRow& row : rows) {
            const auto same = std::ranges::find(waiting, row.key, &TableRow::key);
            same == waiting.end() ? waiting.push_back(std::move(row))
                                  : void(*same = std::move(row));
        }
        return;
    }
    const int scrolled = m_view->verticalScrollBar()->value();
    m_model->updateRows(std::move(rows));
    m_view->verticalScrollBar()->setValue(scrolled);
    refreshState();
}

void DataTable::removeRows(const QStringList& keys)
{
    if (m_menuOpen) {
        std::erase_if(waitingRows(), [&](const TableRow& row) { return keys.contains(row.key); });
        return;
    }
    m_model->removeKeys(keys);
    refreshState();
}

void DataTable::setServerSide(bool serverSide)
{
    m_isServerSide = serverSide;
    m_filter->setServerSide(serverSide);
}

void DataTable::setMore(bool more)
{
    m_hasMore = more;
    m_isMoreAsked = false;
    askForMore();
}

void DataTable::askForMore()
{
    // A screenful ahead, so that scrolling does not stop at every page.
    const int height = m_view->viewport()->height();
    const int last = m_view->rowAt(height - 1);
    const int screenful = height / std::max(1, m_theme.rowHeight());
    const bool isNear = last < 0 || last + screenful >= m_filter->rowCount();
    if (m_hasMore && !m_isMoreAsked && isNear && m_model->rowCount() > 0) {
        m_isMoreAsked = true;
        Q_EMIT moreWanted();
    }
}

QString DataTable::filter() const
{
    return m_filter->filter();
}

void DataTable::setState(const DataState& state)
{
    m_given = state;
    refreshState();
}

void DataTable::setStaleNote(const QString& note)
{
    m_states->setStaleNote(note);
}

void DataTable::addControl(QWidget* control)
{
    if (m_bar != nullptr) {
        m_bar->insertWidget(m_controls++, control);
    }
}

void DataTable::setTotal(qint64 total)
{
    m_total = total;
    refreshState();
}

void DataTable::setFilter(const QString& text)
{
    const bool isNew = text != m_filter->filter();
    m_filter->setFilter(text);
    if (m_search != nullptr && m_search->text() != text) {
        m_search->setText(text);
    }
    refreshState();
    if (isNew) {
        Q_EMIT filterChanged(text);
    }
}

void DataTable::refreshState()
{
    DataState state = m_given;
    const bool isFilteredEmpty =
        m_filter->rowCount() == 0 &&
        (m_model->rowCount() > 0 || (m_isServerSide && !m_filter->filter().isEmpty()));
    if (state.kind == DataState::Kind::Live && isFilteredEmpty) {
        state = {
            DataState::Kind::FilteredEmpty,
            tr("No row matches “%1”.").arg(m_filter->filter()),
            {},
            tr("Clear filter")};
    }
    m_states->setState(state);
    if (m_count != nullptr) {
        m_count->setText(countText());
    }
}

QString DataTable::countText() const
{
    const qint64 all = m_total >= 0 ? m_total : m_model->rowCount();
    const qint64 shown = m_filter->rowCount();
    if (shown == all) {
        return all == 1 ? tr("1 row") : tr("%1 rows").arg(formatCount(all));
    }
    return tr("%1 of %2").arg(formatCount(shown), formatCount(all));
}

QStringList DataTable::selectedKeys() const
{
    QStringList keys;
    QModelIndexList rows = m_view->selectionModel()->selectedRows();
    std::ranges::sort(rows, {}, &QModelIndex::row);
    for (const QModelIndex& index : rows) {
        keys << index.data(TableModel::KeyRole).toString();
    }
    return keys;
}

void DataTable::select(const QString& key)
{
    for (int row = 0; row < m_filter->rowCount(); ++row) {
        const QModelIndex index = m_filter->index(row, 0);
        if (index.data(TableModel::KeyRole).toString() == key) {
            // Not selectRow: that adds to the selection while Ctrl is held, as after Ctrl+Enter.
            m_view->selectionModel()->setCurrentIndex(
                index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
            m_view->scrollTo(index);
            return;
        }
    }
}

int DataTable::columnOf(const QString& id) const
{
    const auto found = std::ranges::find(m_model->columns(), id, &TableColumn::id);
    return found == m_model->columns().end() ? -1
                                             : static_cast<int>(found - m_model->columns().begin());
}

void DataTable::sortBy(const QString& columnId, Qt::SortOrder order)
{
    m_view->sortByColumn(columnOf(columnId), order);
}

void DataTable::setColumnShown(const QString& columnId, bool shown)
{
    // The last column stays: an empty table tells nobody how to get it back.
    if (shown || shownColumns().size() > 1) {
        m_view->setColumnHidden(columnOf(columnId), !shown);
    }
}

bool DataTable::isColumnShown(const QString& columnId) const
{
    return !m_view->isColumnHidden(columnOf(columnId));
}

QList<int> DataTable::shownColumns() const
{
    QList<int> columns;
    const QHeaderView* header = m_view->horizontalHeader();
    for (int place = 0; place < header->count(); ++place) {
        const int column = header->logicalIndex(place);
        if (!header->isSectionHidden(column)) {
            columns << column;
        }
    }
    return columns;
}

QString DataTable::text(TableFormat format) const
{
    QList<int> rows;
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows()) {
        rows << index.row();
    }
    if (rows.isEmpty()) {
        for (int row = 0; row < m_filter->rowCount(); ++row) {
            rows << row;
        }
    }
    std::ranges::sort(rows);
    return tableText(*m_filter, rows, shownColumns(), format);
}

QWidget& DataTable::focusTarget()
{
    return *m_view;
}

QByteArray DataTable::saveLayout() const
{
    return m_view->horizontalHeader()->saveState();
}

void DataTable::restoreLayout(const QByteArray& layout)
{
    m_view->horizontalHeader()->restoreState(layout);
}

void DataTable::focusFilter()
{
    if (m_search != nullptr) {
        m_search->setFocus();
        m_search->selectAll();
    }
}

bool DataTable::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_view && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Copy)) {
            copy(TableFormat::Tsv);
            return true;
        }
        if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) &&
            m_view->currentIndex().isValid()) {
            Q_EMIT activated(m_view->currentIndex().data(TableModel::KeyRole).toString());
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace pilothouse::ui
