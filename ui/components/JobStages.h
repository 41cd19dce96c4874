// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/JobView.h"
#include "ui/theme/Theme.h"

#include <QWidget>

namespace pilothouse::ui {

/// The stages of a job, one a line: shape, name, detail. Painted as one widget, because a job may
/// have hundreds; more than kMost are cut around the ones that run.
class JobStages : public QWidget
{
    Q_OBJECT

public:
    static constexpr std::size_t kMost = 12;

    explicit JobStages(const Theme& theme, QWidget* parent = nullptr);

    void setStages(std::vector<JobStage> stages);
    /// "Copy schema done, Copy rows running 412 of 1 000, Verify waiting".
    QString spoken() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    /// First and behind last of what is shown.
    std::pair<std::size_t, std::size_t> shownRange() const;
    int lines() const;

    const Theme& m_theme;
    std::vector<JobStage> m_stages;
};

} // namespace pilothouse::ui
