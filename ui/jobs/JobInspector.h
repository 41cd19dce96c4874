// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/JobDetailModel.h"
#include "ui/jobs/JobsViewModel.h"
#include "ui/shell/Page.h"

#include <QStackedWidget>

class QVBoxLayout;

namespace pilothouse::ui {

class Button;
class FactList;
class JobProgress;
class LogView;
class Tabs;
class TextLabel;

/// The selected job: progress and stages, log, what it left behind, facts; and what can be done
/// with it. Buttons ask; the page does.
class JobInspector : public QWidget
{
    Q_OBJECT

public:
    JobInspector(
        const PageContext& context, JobsViewModel& list, JobDetailModel& model, QWidget* parent);

Q_SIGNALS:
    void cancelRequested();
    void saveRequested(const QString& artefact);
    void openRequested(const QString& artefact);

private:
    void build();
    QWidget* buildOverview();
    QWidget* buildLog();
    QWidget* buildArtefacts();
    void refresh();
    void refreshArtefacts();
    void refreshFacts();

    PageContext m_context;
    JobsViewModel& m_list;
    JobDetailModel& m_model;
    QString m_shownId;
    std::vector<jobs::Artefact> m_shownArtefacts;
    StateView* m_states = nullptr;
    Tabs* m_tabs = nullptr;
    QStackedWidget* m_parts = nullptr;
    JobProgress* m_progress = nullptr;
    FactList* m_facts = nullptr;
    QVBoxLayout* m_artefactPlace = nullptr;
    QWidget* m_artefacts = nullptr;
    LogView* m_log = nullptr;
};

} // namespace pilothouse::ui
