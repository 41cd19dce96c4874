// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>
#include <QStringList>

namespace pilothouse::ui {

class DataTable;

/// Takes away a table's least important columns while there is no room for them, and brings back
/// those that it took, not those that the operator did.
class NarrowColumns
{
public:
    /// `order`: the first goes first. `widthFor` pixels at text scale 100 % are kept for the
    /// columns that are not in the list.
    NarrowColumns(DataTable& table, QStringList order, int widthFor);

    void fit(int width);

private:
    DataTable& m_table;
    QStringList m_order;
    int m_widthFor;
    QStringList m_taken;
};

} // namespace pilothouse::ui
