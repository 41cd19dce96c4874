// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/PageGrid.h"

#include <QGridLayout>
#include <QWidget>

namespace pilothouse::ui {

QGridLayout* pageGrid(const Theme& theme, QWidget* body)
{
    auto* grid = new QGridLayout(body);
    const int margin = theme.px(space::kXl);
    grid->setContentsMargins(margin, theme.px(space::kXs), margin, theme.px(space::kL));
    grid->setSpacing(theme.px(space::kL));
    for (int column = 0; column < kPageColumns; ++column) {
        grid->setColumnStretch(column, 1);
        grid->setColumnMinimumWidth(column, 1);
    }
    return grid;
}

void keepColumnsEqual(QGridLayout& grid)
{
    for (int item = 0; item < grid.count(); ++item) {
        QWidget* widget = grid.itemAt(item)->widget();
        widget->setSizePolicy(QSizePolicy::Ignored, widget->sizePolicy().verticalPolicy());
    }
}

} // namespace pilothouse::ui
