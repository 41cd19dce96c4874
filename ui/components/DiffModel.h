// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/LineDiff.h"

#include <QAbstractTableModel>

namespace pilothouse::ui {

/// The rows of a comparison, with long unchanged stretches folded to one row.
class DiffModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { BeforeColumn, AfterColumn, ColumnCount };
    enum Role {
        /// DiffRow::Kind as int; -1 for a folded stretch.
        KindRole = Qt::UserRole + 1,
        /// Number of the line from 1; 0 for none.
        NumberRole,
        /// The line of the other side.
        OtherRole
    };
    /// Unchanged lines that stay beside a change.
    static constexpr int kContext = 3;

    using QAbstractTableModel::QAbstractTableModel;

    void setTexts(const QString& before, const QString& after);
    void setFolded(bool folded);
    bool isFolded() const { return m_isFolded; }

    /// Model rows where a change begins, ascending.
    const std::vector<int>& changes() const { return m_changes; }
    int addedLines() const { return m_added; }
    int removedLines() const { return m_removed; }
    int changedLines() const { return m_changed; }
    /// "-old" and "+new" lines as in a patch, for the clipboard.
    QString patchText() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    /// A row as shown: one of m_rows, or `folded` of them from there on.
    struct Shown
    {
        int row = 0;
        int folded = 0;
    };

    void arrange();
    QString lineOf(const DiffRow& row, int column) const;
    QString spoken(const DiffRow& row) const;

    QStringList m_before;
    QStringList m_after;
    std::vector<DiffRow> m_rows;
    std::vector<Shown> m_shown;
    std::vector<int> m_changes;
    bool m_isFolded = true;
    int m_added = 0;
    int m_removed = 0;
    int m_changed = 0;
};

} // namespace pilothouse::ui
