// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/TimeWindow.h"
#include "ui/settings/Settings.h"
#include "ui/shell/Sheet.h"

class QDateTimeEdit;

namespace pilothouse::ui {

/// Asks for a fixed stretch of time, in UTC or local time as the operator reads clocks.
class RangeSheet : public Sheet
{
    Q_OBJECT

public:
    RangeSheet(const Theme& theme, TimeWindow& time, TimeDisplay display);

    QWidget* initialFocus() override;
    void confirm() override;

private:
    absl::Time timeOf(const QDateTimeEdit& edit) const;
    void check();

    TimeWindow& m_time;
    TimeDisplay m_display;
    QDateTimeEdit* m_from;
    QDateTimeEdit* m_to;
    TextLabel* m_problem;
    QPushButton* m_show;
};

} // namespace pilothouse::ui
