// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartTableModel.h"

#include <cmath>
#include <map>

namespace pilothouse::ui {

void ChartTableModel::show(
    const ChartContent& content, std::int64_t from, std::int64_t to, bool utc)
{
    std::vector<const ChartLine*> lines;
    QStringList names;
    for (const ChartLine& line : content.lines) {
        if (content.hidden.contains(line.id)) {
            continue;
        }
        lines.push_back(&line);
        names << line.name;
        if (const ChartLine* before = content.previousOf(line.id)) {
            lines.push_back(before);
            names << QStringLiteral("%1, %2").arg(line.name, content.previousName);
        }
    }
    std::map<std::int64_t, std::vector<double>, std::greater<>> byTime;
    for (std::size_t column = 0; column < lines.size(); ++column) {
        const ChartLine& line = *lines[column];
        for (std::size_t at = 0; at < line.times.size(); ++at) {
            if (line.times[at] >= from && line.times[at] <= to) {
                auto& row = byTime[line.times[at]];
                row.resize(lines.size(), NAN);
                row[column] = line.values[at];
            }
        }
    }
    beginResetModel();
    m_names = names;
    m_unit = content.unit;
    m_utc = utc;
    m_rows.clear();
    for (auto& [time, values] : byTime) {
        if (m_rows.size() == kMostRows) {
            break;
        }
        m_rows.push_back({time, std::move(values)});
    }
    endResetModel();
}

int ChartTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ChartTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_names.size()) + 1;
}

QVariant ChartTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return index.column() == 0 ? QVariant() : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole) {
        return {};
    }
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    if (index.column() == 0) {
        return formatClock(row.time, m_utc);
    }
    return formatValue(row.values[static_cast<std::size_t>(index.column() - 1)], m_unit).text();
}

QVariant ChartTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    if (section == 0) {
        return m_utc ? tr("Time (UTC)") : tr("Time");
    }
    return m_names.value(section - 1);
}

} // namespace pilothouse::ui
