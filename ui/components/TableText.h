// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QModelIndexList>
#include <QString>

class QAbstractItemModel;

namespace pilothouse::ui {

enum class TableFormat { Tsv, Csv, Json, Markdown };

/// Rows of a model as text for the clipboard, with a header line; `columns` in the order shown.
/// JSON is an array of objects whose names are the titles.
QString tableText(
    const QAbstractItemModel& model,
    const QList<int>& rows,
    const QList<int>& columns,
    TableFormat format);

} // namespace pilothouse::ui
