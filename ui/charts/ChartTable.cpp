// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartTable.h"

#include "ui/charts/ChartTableModel.h"

#include <QHeaderView>

namespace pilothouse::ui {

ChartTable::ChartTable(const Theme& theme, QWidget* parent)
    : QTableView(parent), m_model(new ChartTableModel(this))
{
    setModel(m_model);
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setAlternatingRowColors(true);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setTabKeyNavigation(false);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(theme.rowHeight());
    horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    connect(&theme, &Theme::changed, this, [this, &theme] {
        verticalHeader()->setDefaultSectionSize(theme.rowHeight());
    });
}

void ChartTable::show(const ChartContent& content, std::int64_t from, std::int64_t to, bool utc)
{
    m_model->show(content, from, to, utc);
}

} // namespace pilothouse::ui
