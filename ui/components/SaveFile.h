// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/status/status.h>

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <functional>

class QWidget;

namespace pilothouse::ui {

/// Writes all or nothing: what stood in the file before stays when it fails.
absl::Status writeWhole(const QString& file, const QByteArray& content);

struct SaveRequest
{
    /// Title of the dialog ("Save the table").
    QString title;
    /// File name to begin with; its ending chooses the kind.
    QString suggested;
    /// As QFileDialog wants them: "CSV (*.csv)".
    QStringList kinds;
    std::function<QByteArray(const QString& file)> content;
    /// Where it went, or why it did not.
    std::function<void(const QString& file, const absl::Status& status)> done;
};

/// Asks where to and writes there. Returns at once.
void saveAs(QWidget* parent, SaveRequest request);

} // namespace pilothouse::ui
