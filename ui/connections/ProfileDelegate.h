// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QStyledItemDelegate>

namespace pilothouse::ui {

class ProfileListModel;

/// Draws a profile in two lines: name and reachability, environment and address.
class ProfileDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    ProfileDelegate(const Theme& theme, const ProfileListModel& model, QObject* parent = nullptr);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
        const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintFolder(QPainter& painter, const QRect& rect, const QString& name) const;
    void paintMark(QPainter& painter, const QRect& line, const QModelIndex& index) const;

    const Theme& m_theme;
    const ProfileListModel& m_model;
};

} // namespace pilothouse::ui
