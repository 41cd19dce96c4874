// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/SaveFile.h"

#include "shared/base/StatusHelpers.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QSaveFile>

#include <utility>

namespace pilothouse::ui {

absl::Status writeWhole(const QString& file, const QByteArray& content)
{
    QSaveFile target(file);
    if (!target.open(QIODevice::WriteOnly) || target.write(content) != content.size() ||
        !target.commit()) {
        return withHint(
            absl::UnavailableError(
                "cannot write " + file.toStdString() + ": " + target.errorString().toStdString()),
            "Choose another folder, or free some space.");
    }
    return absl::OkStatus();
}

void saveAs(QWidget* parent, SaveRequest request)
{
    auto* dialog = new QFileDialog(parent, request.title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters(request.kinds);
    dialog->setDefaultSuffix(QFileInfo(request.suggested).suffix());
    dialog->selectFile(request.suggested);
    QObject::connect(
        dialog,
        &QFileDialog::fileSelected,
        parent,
        [request = std::move(request)](const QString& file) {
            const absl::Status status = writeWhole(file, request.content(file));
            if (request.done) {
                request.done(file, status);
            }
        });
    dialog->open();
}

} // namespace pilothouse::ui
