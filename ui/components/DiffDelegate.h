// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QStyledItemDelegate>

namespace pilothouse::ui {

/// Paints a side of a compared line: number, sign (− removed, + added, ~ changed), text in
/// monospace, and in a changed line the part that differs underlined.
class DiffDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    DiffDelegate(const Theme& theme, QObject* parent);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
        const override;

private:
    void paintText(QPainter& painter, const QRect& place, const QModelIndex& index) const;

    const Theme& m_theme;
};

} // namespace pilothouse::ui
