// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/SchedulesViewModel.h"
#include "ui/shell/Page.h"

class QCheckBox;
class QVBoxLayout;

namespace pilothouse::ui {

class DataTable;
class FactList;
class TextLabel;

/// The chosen schedule: its switch, what it runs, the next times and what became of the last ones.
class ScheduleInspector : public QWidget
{
    Q_OBJECT

public:
    ScheduleInspector(const PageContext& context, SchedulesViewModel& model, QWidget* parent);

Q_SIGNALS:
    /// Enter on a past run that made a job.
    void jobRequested(const QString& id);

private:
    void build();
    void refresh();
    void refreshRuns();

    PageContext m_context;
    SchedulesViewModel& m_model;
    TextLabel* m_title = nullptr;
    TextLabel* m_description = nullptr;
    QCheckBox* m_paused = nullptr;
    FactList* m_facts = nullptr;
    QVBoxLayout* m_factPlace = nullptr;
    TextLabel* m_next = nullptr;
    DataTable* m_runs = nullptr;
};

} // namespace pilothouse::ui
