// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/Card.h"
#include "ui/components/StateView.h"

namespace pilothouse::ui {

class ChartGroup;
class TimeSeriesChart;

/// One chart of the stack: expression as title, edit and remove.
class ChartCard : public Card
{
    Q_OBJECT

public:
    ChartCard(const Theme& theme, ChartGroup& group, QWidget* parent);

    TimeSeriesChart& chart() { return *m_chart; }
    StateView& states() { return *m_states; }
    void setExpression(const QString& expression);
    QString expression() const { return title(); }

Q_SIGNALS:
    void editRequested();
    void removeRequested();

private:
    TimeSeriesChart* m_chart;
    StateView* m_states;
};

} // namespace pilothouse::ui
