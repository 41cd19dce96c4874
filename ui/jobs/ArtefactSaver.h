// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/JobDetailModel.h"

#include <QTemporaryDir>

#include <functional>
#include <memory>

class QWidget;

namespace pilothouse::ui {

/// Brings what a job left behind to the operator's disk: saved where he says, or opened with the
/// system's program for it from a folder that goes with the console.
class ArtefactSaver : public QObject
{
    Q_OBJECT

public:
    ArtefactSaver(JobDetailModel& model, QWidget& window);

    /// Replaced in tests: asks for a path (empty: not chosen), and opens a file.
    std::function<void(const QString& proposal, std::function<void(QString)> onChosen)> ask;
    std::function<bool(const QString& file)> openFile;

    void save(const QString& artefact);
    void open(const QString& artefact);

Q_SIGNALS:
    void saved(const QString& file);
    void failed(const QString& artefact, const QString& why);

private:
    void onFetched(const jobs::ArtefactContent& content);
    bool write(const QString& file, const std::string& content);

    JobDetailModel& m_model;
    /// Where the one that is being fetched goes; empty: it is opened.
    QString m_target;
    std::unique_ptr<QTemporaryDir> m_folder;
};

} // namespace pilothouse::ui
