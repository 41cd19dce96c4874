// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/page/KeyboardModel.h"

namespace pilothouse::ui {

KeyboardModel::KeyboardModel(CommandRegistry& commands, QObject* parent)
    : QAbstractTableModel(parent), m_commands(commands)
{
    connect(&m_commands, &CommandRegistry::changed, this, &KeyboardModel::onChanged);
    onChanged();
}

void KeyboardModel::onChanged()
{
    QStringList ids;
    for (const Command& command : m_commands.commands()) {
        ids.append(command.id);
    }
    if (ids != m_ids) {
        beginResetModel();
        m_ids = ids;
        endResetModel();
    } else if (!ids.isEmpty()) {
        Q_EMIT dataChanged(index(0, KeyColumn), index(rowCount() - 1, KeyColumn));
    }
}

const Command* KeyboardModel::command(int row) const
{
    return row >= 0 && row < m_ids.size() ? m_commands.find(m_ids[row]) : nullptr;
}

int KeyboardModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_ids.size());
}

int KeyboardModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant KeyboardModel::data(const QModelIndex& index, int role) const
{
    const Command* entry = command(index.row());
    if (entry == nullptr) {
        return {};
    }
    QString key = m_commands.shortcut(entry->id).toString(QKeySequence::NativeText);
    if (role == Qt::AccessibleTextRole) {
        return key.isEmpty() ? tr("%1, no key").arg(entry->title)
                             : tr("%1, %2").arg(entry->title, key);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
    case TitleColumn:
        return entry->section == tr("Go to") ? tr("Go to %1").arg(entry->title) : entry->title;
    case KeyColumn:
        return key;
    case DefaultColumn:
        return entry->shortcut.toString(QKeySequence::NativeText);
    default:
        return {};
    }
}

QVariant KeyboardModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == TitleColumn ? tr("Does") : section == KeyColumn ? tr("Key") : tr("Default");
}

} // namespace pilothouse::ui
