// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pilothouse::cli {

enum class Align { Left, Right };

struct Column
{
    std::string title;
    Align align = Align::Left;
    /// Columns with text may be cut to fit the terminal; numbers, times and ids are not.
    bool isShrinkable = false;
};

/// Rows under titles, aligned. Cells are made printable.
class Table
{
public:
    explicit Table(std::vector<Column> columns);

    /// As many cells as columns.
    void add(std::vector<std::string> cells);
    /// Lines that end with a newline. At most `width` columns wide as far as shrinkable columns
    /// allow; 0 = as wide as needed.
    std::string text(std::size_t width) const;

private:
    std::vector<std::size_t> widths(std::size_t limit) const;

    std::vector<Column> m_columns;
    std::vector<std::vector<std::string>> m_rows;
};

} // namespace pilothouse::cli
