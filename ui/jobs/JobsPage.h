// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/JobDetailModel.h"
#include "ui/jobs/JobsViewModel.h"
#include "ui/jobs/SchedulesViewModel.h"
#include "ui/shell/Page.h"

#include <QStackedWidget>

namespace pilothouse::ui {

class ArtefactSaver;
class Button;
class JobInspector;
class JobsTab;
class ScheduleInspector;
class SchedulesTab;
class Tabs;

/// Jobs and schedules: tables, inspectors, and the verbs on what is selected. Its object is a job's
/// id, or "schedules/NAME".
class JobsPage : public Page
{
    Q_OBJECT

public:
    explicit JobsPage(const PageContext& context, QWidget* parent = nullptr);
    ~JobsPage() override;

    std::vector<Command> commands() override;
    QString object() const override;
    void openObject(const QString& object) override;
    QString auditTarget() const override;
    /// See PageSpec.
    static QString objectOf(const QString& auditTarget);
    void setShown(bool shown) override;
    void refresh() override;
    bool focusFilter() override;
    QWidget* initialFocus() override;
    QWidget* inspector() override;
    int overlayTop() const override { return m_parts->y(); }
    bool usesTimeRange() const override { return false; }
    QByteArray saveLayout() const override;
    void restoreLayout(const QByteArray& layout) override;

    JobsViewModel& model() { return m_model; }
    JobDetailModel& details() { return m_detail; }
    SchedulesViewModel& schedules() { return m_schedules; }

private:
    void build();
    void bind();
    void bindSchedules();
    bool showsSchedules() const;
    void onSelection();
    void onJobs(const QStringList& changed);
    void showInspector();
    void showCounts();
    void showFreshness();
    void run();
    void askCancel();
    void askDelete();
    void editSchedule(bool isNew);
    void copyCommand();
    void tell(Severity severity, const QString& text, const QString& detail = {});
    /// Why this verb does nothing now; empty when it does something.
    QString jobReason(bool (*allows)(jobs::JobState), const QString& otherwise) const;
    QString scheduleReason() const;
    std::vector<Command> scheduleCommands();

    PageContext m_context;
    JobsViewModel m_model;
    JobDetailModel m_detail;
    SchedulesViewModel m_schedules;
    Tabs* m_tabs = nullptr;
    Button* m_run = nullptr;
    Button* m_add = nullptr;
    QStackedWidget* m_parts = nullptr;
    JobsTab* m_jobsTab = nullptr;
    SchedulesTab* m_schedulesTab = nullptr;
    JobInspector* m_jobInspector = nullptr;
    ScheduleInspector* m_scheduleInspector = nullptr;
    QStackedWidget* m_inspectors = nullptr;
    ArtefactSaver* m_saver = nullptr;
};

} // namespace pilothouse::ui
