// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Severity.h"

#include <QAbstractTableModel>
#include <QString>
#include <QStringList>
#include <QVariant>

#include <optional>
#include <vector>

namespace pilothouse::ui {

struct TableColumn
{
    /// For `id:value` in the filter, for JSON and for the saved layout.
    QString id;
    QString title;
    /// Pixels at text scale 100 %; 0 takes the rest.
    int width = 120;
    bool number = false;
    bool mono = false;
    /// Hidden until chosen.
    bool optional = false;
};

struct TableCell
{
    QString text;
    /// What it sorts by; the text when invalid.
    QVariant sortKey;
    /// Its shape is drawn before the text.
    std::optional<Severity> severity;
    /// What a screen reader says, when more than the text.
    QString spoken;
    QString toolTip;

    bool operator==(const TableCell&) const = default;
};

struct TableRow
{
    /// Identity across updates: selection and scroll position hang on it.
    QString key;
    std::vector<TableCell> cells;

    bool operator==(const TableRow&) const = default;
};

/// Rows of plain cells. A new set of rows becomes the smallest change: rows that stay keep their
/// place and selection, and only cells that differ are sent.
class TableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Role { SortRole = Qt::UserRole + 1, SeverityRole, KeyRole };

    explicit TableModel(std::vector<TableColumn> columns, QObject* parent = nullptr);

    const std::vector<TableColumn>& columns() const { return m_columns; }
    /// Keys must be unique. New rows come at the end.
    void setRows(std::vector<TableRow> rows);
    const std::vector<TableRow>& rows() const { return m_rows; }
    /// Only these: rows with a known key change in place, others come at the end. What a long table
    /// needs when few of its rows change.
    void updateRows(std::vector<TableRow> rows);
    void removeKeys(const QStringList& keys);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<TableColumn> m_columns;
    std::vector<TableRow> m_rows;
};

} // namespace pilothouse::ui
