// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QStyledItemDelegate>

namespace pilothouse::ui {

/// Paints the cells of our tables: row fill, severity shape, text; the focus ring around the row.
class TableDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    TableDelegate(const Theme& theme, QObject* parent);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
        const override;

private:
    const Theme& m_theme;
};

} // namespace pilothouse::ui
