// SPDX-License-Identifier: GPL-3.0-or-later
// The menus of DataTable: everything that the pointer can do with headers, by keyboard.
#include "shared/base/StatusHelpers.h"
#include "ui/components/DataTable.h"
#include "ui/components/SaveFile.h"

#include <QActionGroup>
#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>
#include <QTableView>
#include <QToolTip>

#include <utility>

namespace pilothouse::ui {

namespace {

TableFormat formatOf(const QString& file)
{
    const QString suffix = QFileInfo(file).suffix().toLower();
    return suffix == QLatin1String("json")  ? TableFormat::Json
           : suffix == QLatin1String("md")  ? TableFormat::Markdown
           : suffix == QLatin1String("tsv") ? TableFormat::Tsv
                                            : TableFormat::Csv;
}

} // namespace

void DataTable::copy(TableFormat format) const
{
    QGuiApplication::clipboard()->setText(text(format));
}

QMenu* DataTable::makeMenu()
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_menuOpen = true;
    connect(menu, &QObject::destroyed, this, [this] {
        m_menuOpen = false;
        if (m_waiting) {
            setRows(*std::exchange(m_waiting, std::nullopt));
        }
    });
    return menu;
}

void DataTable::openMenu(const QPoint& at)
{
    QMenu* menu = makeMenu();
    const auto add = [&](const QString& title, TableFormat format) {
        menu->addAction(title, this, [this, format] { copy(format); });
    };
    add(tr("Copy\tCtrl+C"), TableFormat::Tsv);
    add(tr("Copy as CSV"), TableFormat::Csv);
    add(tr("Copy as JSON"), TableFormat::Json);
    add(tr("Copy as Markdown"), TableFormat::Markdown);
    menu->addAction(tr("Save as a file…"), this, &DataTable::save);
    menu->addSeparator();
    addSorting(*menu->addMenu(tr("Sort by")));
    addColumns(*menu->addMenu(tr("Columns")));
    menu->popup(m_view->viewport()->mapToGlobal(at));
}

void DataTable::addSorting(QMenu& menu)
{
    const QHeaderView* header = m_view->horizontalHeader();
    auto* group = new QActionGroup(&menu);
    for (const int column : shownColumns()) {
        const TableColumn& spec = m_model->columns()[static_cast<std::size_t>(column)];
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            QAction* action = menu.addAction(
                order == Qt::AscendingOrder ? tr("%1, ascending").arg(spec.title)
                                            : tr("%1, descending").arg(spec.title));
            action->setCheckable(true);
            action->setChecked(
                header->sortIndicatorSection() == column && header->sortIndicatorOrder() == order);
            group->addAction(action);
            connect(action, &QAction::triggered, this, [this, id = spec.id, order] {
                sortBy(id, order);
            });
        }
    }
}

void DataTable::addColumns(QMenu& menu)
{
    for (const TableColumn& column : m_model->columns()) {
        QAction* action = menu.addAction(column.title);
        action->setCheckable(true);
        action->setChecked(isColumnShown(column.id));
        connect(action, &QAction::toggled, this, [this, id = column.id](bool shown) {
            setColumnShown(id, shown);
        });
    }
    menu.addSeparator();
    menu.addAction(tr("Move the current column left"), this, [this] { moveColumn(-1); });
    menu.addAction(tr("Move the current column right"), this, [this] { moveColumn(1); });
}

void DataTable::moveColumn(int step)
{
    QHeaderView* header = m_view->horizontalHeader();
    const QList<int> shown = shownColumns();
    const qsizetype at = shown.indexOf(m_view->currentIndex().column());
    const qsizetype to = at + step;
    if (at >= 0 && to >= 0 && to < shown.size()) {
        header->moveSection(header->visualIndex(shown[at]), header->visualIndex(shown[to]));
    }
}

void DataTable::save()
{
    SaveRequest request;
    request.title = tr("Save %1").arg(m_view->accessibleName());
    request.suggested =
        m_view->accessibleName().toLower().replace(QLatin1Char(' '), QLatin1Char('-')) +
        QStringLiteral(".csv");
    request.kinds = {
        tr("CSV (*.csv)"), tr("JSON (*.json)"), tr("Markdown (*.md)"), tr("Tab-separated (*.tsv)")};
    request.content = [this](const QString& file) { return text(formatOf(file)).toUtf8(); };
    request.done = [this](const QString& file, const absl::Status& status) {
        const QString said =
            status.ok() ? tr("Saved to %1").arg(file) : QString::fromStdString(describe(status));
        QToolTip::showText(m_view->mapToGlobal(QPoint(0, 0)), said, m_view);
    };
    saveAs(this, std::move(request));
}

} // namespace pilothouse::ui
