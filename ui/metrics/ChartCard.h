// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/Card.h"
#include "ui/components/StateView.h"

#include <QStringList>

#include <functional>

class QMenu;

namespace pilothouse::ui {

class Button;
class ChartGroup;
class TimeSeriesChart;

/// What the menu of a chart offers, asked for when it opens.
struct ChartOptions
{
    bool isLog = false;
    bool isCompared = false;
    /// Labels to group by.
    QStringList labels;
};

/// One chart of the stack: expression as title; a menu that aggregates, groups, compares and
/// scales; edit and remove.
class ChartCard : public Card
{
    Q_OBJECT

public:
    ChartCard(const Theme& theme, ChartGroup& group, QWidget* parent);

    TimeSeriesChart& chart() { return *m_chart; }
    StateView& states() { return *m_states; }
    void setExpression(const QString& expression);
    QString expression() const { return title(); }
    void setOptionsSource(std::function<ChartOptions()> source) { m_options = std::move(source); }
    /// Opens the menu at its button; for the button and for tests.
    QMenu* openMenu();

Q_SIGNALS:
    void editRequested();
    void removeRequested();
    void tearOffRequested();
    /// Aggregation or grouping was chosen: the expression that does it.
    void expressionChosen(const QString& expression);
    void logScaleChosen(bool log);
    void comparisonChosen(bool compared);

private:
    void addAggregations(QMenu& menu);
    void addGrouping(QMenu& menu, const QStringList& labels);

    TimeSeriesChart* m_chart;
    StateView* m_states;
    Button* m_more;
    std::function<ChartOptions()> m_options;
};

} // namespace pilothouse::ui
