// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/CommandRegistry.h"

#include <QAbstractTableModel>
#include <QPointer>

namespace pilothouse::ui {

/// Every verb of the window with its key and its default.
class KeyboardModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { TitleColumn, KeyColumn, DefaultColumn, ColumnCount };

    explicit KeyboardModel(CommandRegistry& commands, QObject* parent = nullptr);

    /// Null for a row that is not there.
    const Command* command(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void onChanged();

    CommandRegistry& m_commands;
    QStringList m_ids;
};

} // namespace pilothouse::ui
