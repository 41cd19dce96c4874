// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/TableModel.h"

#include <QHash>
#include <QSet>

#include <utility>

namespace pilothouse::ui {

TableModel::TableModel(std::vector<TableColumn> columns, QObject* parent)
    : QAbstractTableModel(parent), m_columns(std::move(columns))
{}

void TableModel::setRows(std::vector<TableRow> rows)
{
    QHash<QString, std::size_t> places;
    for (std::size_t at = 0; at < rows.size(); ++at) {
        rows[at].cells.resize(m_columns.size());
        places.insert(rows[at].key, at);
    }
    for (std::size_t at = m_rows.size(); at-- > 0;) {
        if (!places.contains(m_rows[at].key)) {
            const int row = static_cast<int>(at);
            beginRemoveRows({}, row, row);
            m_rows.erase(m_rows.begin() + row);
            endRemoveRows();
        }
    }
    int first = -1;
    int last = -1;
    for (std::size_t at = 0; at < m_rows.size(); ++at) {
        TableRow& incoming = rows[places.take(m_rows[at].key)];
        if (incoming != m_rows[at]) {
            m_rows[at] = std::move(incoming);
            first = first < 0 ? static_cast<int>(at) : first;
            last = static_cast<int>(at);
        }
    }
    if (first >= 0) {
        Q_EMIT dataChanged(index(first, 0), index(last, columnCount() - 1));
    }
    if (!places.isEmpty()) {
        const int begin = static_cast<int>(m_rows.size());
        beginInsertRows({}, begin, begin + static_cast<int>(places.size()) - 1);
        for (TableRow& row : rows) {
            if (places.contains(row.key)) {
                m_rows.push_back(std::move(row));
            }
        }
        endInsertRows();
    }
}

void TableModel::updateRows(std::vector<TableRow> rows)
{
    QHash<QString, std::size_t> places;
    for (std::size_t at = 0; at < rows.size(); ++at) {
        rows[at].cells.resize(m_columns.size());
        places.insert(rows[at].key, at);
    }
    for (std::size_t at = 0; at < m_rows.size() && !places.isEmpty(); ++at) {
        const auto place = places.constFind(m_rows[at].key);
        if (place == places.constEnd()) {
            continue;
        }
        TableRow& incoming = rows[*place];
        places.erase(place);
        if (incoming != m_rows[at]) {
            m_rows[at] = std::move(incoming);
            const int row = static_cast<int>(at);
            Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
        }
    }
    if (!places.isEmpty()) {
        const int begin = static_cast<int>(m_rows.size());
        beginInsertRows({}, begin, begin + static_cast<int>(places.size()) - 1);
        for (TableRow& row : rows) {
            if (places.contains(row.key)) {
                m_rows.push_back(std::move(row));
            }
        }
        endInsertRows();
    }
}

void TableModel::removeKeys(const QStringList& keys)
{
    const QSet<QString> gone(keys.begin(), keys.end());
    for (std::size_t at = m_rows.size(); at-- > 0 && !gone.isEmpty();) {
        if (gone.contains(m_rows[at].key)) {
            const int row = static_cast<int>(at);
            beginRemoveRows({}, row, row);
            m_rows.erase(m_rows.begin() + row);
            endRemoveRows();
        }
    }
}

int TableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int TableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant TableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const TableRow& row = m_rows[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<std::size_t>(index.column());
    const TableCell& cell = row.cells[column];
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case Qt::AccessibleTextRole:
        return cell.spoken.isEmpty() ? cell.text : cell.spoken;
    case Qt::ToolTipRole:
        return cell.toolTip.isEmpty() ? QVariant() : QVariant(cell.toolTip);
    case Qt::TextAlignmentRole:
        return m_columns[column].number ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                        : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    case SortRole:
        return cell.sortKey.isValid() ? cell.sortKey : QVariant(cell.text);
    case SeverityRole:
        return cell.severity ? QVariant(static_cast<int>(*cell.severity)) : QVariant();
    case KeyRole:
        return row.key;
    default:
        return {};
    }
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    const TableColumn& column = m_columns[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole) {
        return column.title;
    }
    if (role == Qt::TextAlignmentRole) {
        return column.number ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                             : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    }
    return {};
}

} // namespace pilothouse::ui
