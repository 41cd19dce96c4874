// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ChartData.h"

#include <QAbstractTableModel>

#include <vector>

namespace pilothouse::ui {

/// Rows are the times of any visible line in the range, newest first; columns are time and lines.
class ChartTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    /// More rows than this are left out, the oldest first.
    static constexpr std::size_t kMostRows = 2000;

    using QAbstractTableModel::QAbstractTableModel;

    void show(const ChartContent& content, std::int64_t from, std::int64_t to, bool utc);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row
    {
        std::int64_t time = 0;
        std::vector<double> values;
    };

    QStringList m_names;
    std::vector<Row> m_rows;
    Unit m_unit = Unit::None;
    bool m_utc = true;
};

} // namespace pilothouse::ui
