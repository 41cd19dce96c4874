// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/NarrowColumns.h"

#include "ui/components/DataTable.h"

#include <algorithm>

namespace pilothouse::ui {

NarrowColumns::NarrowColumns(DataTable& table, QStringList order, int widthFor)
    : m_table(table), m_order(std::move(order)), m_widthFor(widthFor)
{}

void NarrowColumns::fit(int width)
{
    const auto& columns = m_table.model().columns();
    const auto widthOf = [&](const QString& id) {
        const auto found = std::ranges::find(columns, id, &TableColumn::id);
        return found == columns.end() ? 0 : m_table.px(found->width);
    };
    const auto isWanted = [&](const QString& id) {
        return m_table.isColumnShown(id) || m_taken.contains(id);
    };
    int needed = m_table.px(m_widthFor);
    for (const QString& id : m_order) {
        needed += isWanted(id) ? widthOf(id) : 0;
    }
    for (const QString& id : m_order) {
        if (!isWanted(id)) {
            continue;
        }
        const bool hasRoom = needed <= width;
        if (hasRoom && m_taken.removeAll(id) > 0) {
            m_table.setColumnShown(id, true);
        } else if (!hasRoom) {
            if (!m_taken.contains(id)) {
                m_taken << id;
                m_table.setColumnShown(id, false);
            }
            needed -= widthOf(id);
        }
    }
}

} // namespace pilothouse::ui
