// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QWidget>

namespace pilothouse::ui {

class Button;

/// What the strip shows of a job.
struct JobStripView
{
    QString title;
    /// 0 to 1; negative: not known, and no bar is drawn.
    double fraction = -1;
    /// "ETA 1 m 40 s", "paused", "+2 more"; apart by dots.
    QString facts;
    bool canCancel = false;
    /// Why not, when cancelling is not allowed.
    QString cancelReason;

    bool operator==(const JobStripView&) const = default;
};

/// The newest running job in one line: name, bar, estimate. A click leads to it; Cancel asks.
class JobStrip : public QWidget
{
    Q_OBJECT

public:
    explicit JobStrip(const Theme& theme, QWidget* parent = nullptr);

    void setView(const JobStripView& view);
    const JobStripView& view() const { return m_view; }

Q_SIGNALS:
    void openRequested();
    void cancelRequested();

private:
    class Line;

    JobStripView m_view;
    Line* m_line;
    Button* m_cancel;
};

} // namespace pilothouse::ui
