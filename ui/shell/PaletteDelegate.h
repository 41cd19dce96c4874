// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QStyledItemDelegate>

namespace pilothouse::ui {

/// Draws a line of the palette: caption above the first of a section, icon, title, and the key or
/// the reason at the right.
class PaletteDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    explicit PaletteDelegate(const Theme& theme, QObject* parent = nullptr);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
        const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    int captionHeight(const QModelIndex& index) const;

    const Theme& m_theme;
};

} // namespace pilothouse::ui
