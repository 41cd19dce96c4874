// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/ArtefactSaver.h"

#include "ui/jobs/JobText.h"

#include "shared/base/StatusHelpers.h"

#include <QDesktopServices>
#include <QFileDialog>
#include <QFileInfo>
#include <QSaveFile>
#include <QUrl>

namespace pilothouse::ui {

namespace {

/// The name is the server's word: it must not say where the file goes.
QString safeName(const QString& name)
{
    const QString last = QFileInfo(name).fileName();
    return last.isEmpty() || last.startsWith(QLatin1Char('.')) ? QStringLiteral("artefact") : last;
}

} // namespace

ArtefactSaver::ArtefactSaver(JobDetailModel& model, QWidget& window)
    : QObject(&window), m_model(model)
{
    ask = [&window](const QString& proposal, std::function<void(QString)> onChosen) {
        auto* dialog = new QFileDialog(&window, tr("Save"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->selectFile(proposal);
        connect(dialog, &QFileDialog::fileSelected, &window, std::move(onChosen));
        dialog->open();
    };
    openFile = [](const QString& file) {
        return QDesktopServices::openUrl(QUrl::fromLocalFile(file));
    };
    connect(&model, &JobDetailModel::artefactFetched, this, &ArtefactSaver::onFetched);
    connect(
        &model,
        &JobDetailModel::failed,
        this,
        [this](const QString& what, const absl::Status& status) {
            Q_EMIT failed(what, QString::fromStdString(describe(status)));
        });
}

void ArtefactSaver::save(const QString& artefact)
{
    ask(safeName(artefact), [this, artefact](const QString& file) {
        if (!file.isEmpty()) {
            m_target = file;
            m_model.fetch(artefact);
        }
    });
}

void ArtefactSaver::open(const QString& artefact)
{
    m_target.clear();
    m_model.fetch(artefact);
}

bool ArtefactSaver::write(const QString& file, const std::string& content)
{
    QSaveFile out(file);
    return out.open(QIODevice::WriteOnly) &&
           out.write(content.data(), static_cast<qint64>(content.size())) ==
               static_cast<qint64>(content.size()) &&
           out.commit();
}

void ArtefactSaver::onFetched(const jobs::ArtefactContent& content)
{
    const QString name = QString::fromStdString(content.artefact.name);
    if (!m_target.isEmpty()) {
        if (write(m_target, content.content)) {
            Q_EMIT saved(m_target);
        } else {
            Q_EMIT failed(name, tr("%1 cannot be written.").arg(m_target));
        }
        return;
    }
    if (!m_folder) {
        m_folder = std::make_unique<QTemporaryDir>();
    }
    // By its media type, so that no name makes the system run what it should show.
    const QString file = m_folder->filePath(
        QFileInfo(safeName(name)).completeBaseName() + QLatin1Char('.') +
        openExtension(content.artefact));
    if (!m_folder->isValid() || !write(file, content.content)) {
        Q_EMIT failed(name, tr("%1 cannot be written.").arg(file));
    } else if (!openFile(file)) {
        Q_EMIT failed(name, tr("This system has no program that opens it. Save it instead."));
    }
}

} // namespace pilothouse::ui
