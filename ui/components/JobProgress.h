// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/Clock.h"
#include "ui/components/JobView.h"
#include "ui/components/ProgressEstimate.h"
#include "ui/theme/Theme.h"

#include <QTimer>
#include <QWidget>

class QProgressBar;
class QVBoxLayout;

namespace pilothouse::ui {

class Button;
class JobStages;
class StatusChip;
class TextLabel;

/// How a job goes: phase, stages, how far in percent or an honest "not known", rate, estimate when
/// it is stable, time so far, the tail of the log, and Cancel with what it leaves behind. Its end
/// is an alert to a screen reader; its progress is not.
class JobProgress : public QWidget
{
    Q_OBJECT

public:
    static constexpr qsizetype kLogLines = 5;

    JobProgress(const Theme& theme, const Clock& clock, QWidget* parent = nullptr);

    void setJob(const JobView& job);
    const JobView& job() const { return m_job; }
    /// "62 % · 1 240 of 2 000 tenants · 41 /s · about 1 m 40 s left · 3 m 2 s so far".
    QString factsText() const;

Q_SIGNALS:
    void cancelRequested();

private:
    void build();
    void refresh();
    void refreshFacts();
    void announceEnd();
    bool isOver() const;

    const Theme& m_theme;
    const Clock& m_clock;
    JobView m_job;
    ProgressEstimate m_estimate;
    TextLabel* m_title;
    StatusChip* m_phase;
    QProgressBar* m_bar;
    TextLabel* m_facts;
    TextLabel* m_message;
    JobStages* m_stages;
    TextLabel* m_log;
    TextLabel* m_cancelNote;
    Button* m_cancel;
    QTimer m_tick;
};

} // namespace pilothouse::ui
