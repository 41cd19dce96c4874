// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output/Table.h"

#include "app/cli/output/TextWidth.h"

#include <algorithm>
#include <numeric>

namespace pilothouse::cli {

namespace {

constexpr std::size_t kGap = 2;
// A cut column still shows something.
constexpr std::size_t kNarrowest = 8;

std::string line(
    const std::vector<std::string>& cells,
    const std::vector<Column>& columns,
    const std::vector<std::size_t>& widths)
{
    std::string result;
    for (std::size_t index = 0; index < cells.size(); ++index) {
        const std::string cell = truncated(cells[index], widths[index]);
        const std::string pad(widths[index] - std::min(widths[index], displayWidth(cell)), ' ');
        result += columns[index].align == Align::Right ? pad + cell : cell + pad;
        result += std::string(kGap, ' ');
    }
    result.erase(result.find_last_not_of(' ') + 1);
    return result + '\n';
}

} // namespace

Table::Table(std::vector<Column> columns) : m_columns(std::move(columns)) {}

void Table::add(std::vector<std::string> cells)
{
    cells.resize(m_columns.size());
    for (auto& cell : cells) {
        cell = printable(cell);
    }
    m_rows.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths(std::size_t limit) const
{
    std::vector<std::size_t> result;
    for (std::size_t index = 0; index < m_columns.size(); ++index) {
        std::size_t width = displayWidth(m_columns[index].title);
        for (const auto& row : m_rows) {
            width = std::max(width, displayWidth(row[index]));
        }
        result.push_back(width);
    }
    const std::size_t gaps = kGap * (m_columns.size() - 1);
    while (limit > 0 && std::accumulate(result.begin(), result.end(), gaps) > limit) {
        std::size_t* widest = nullptr;
        for (std::size_t index = 0; index < m_columns.size(); ++index) {
            if (m_columns[index].isShrinkable && result[index] > kNarrowest &&
                (widest == nullptr || result[index] > *widest)) {
                widest = &result[index];
            }
        }
        if (widest == nullptr) {
            break;
        }
        --*widest;
    }
    return result;
}

std::string Table::text(std::size_t width) const
{
    const std::vector<std::size_t> columnWidths = widths(width);
    std::vector<std::string> titles;
    titles.reserve(m_columns.size());
    for (const auto& column : m_columns) {
        titles.push_back(column.title);
    }
    std::string result = line(titles, m_columns, columnWidths);
    for (const auto& row : m_rows) {
        result += line(row, m_columns, columnWidths);
    }
    return result;
}

} // namespace pilothouse::cli
