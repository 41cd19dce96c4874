// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/MetricsClient.h"
#include "shared/rollouts/Rollout.h"
#include "ui/charts/ChartGroup.h"
#include "ui/components/Card.h"
#include "ui/live/LiveQueryFeed.h"

namespace pilothouse::ui {

class StateView;
class Tabs;
class TimeSeriesChart;

/// Blue and green on the same axes over the window's time: the share of server errors, or requests
/// a second; with the state of the comparison at the right of the title.
class CompareCard : public Card
{
    Q_OBJECT

public:
    CompareCard(
        const Theme& theme, client::MetricsClient& metrics, TimeWindow& time, QWidget* parent);
    ~CompareCard() override;

    /// Streams run only while shown.
    void setShown(bool shown);
    void setApplication(const rollouts::Application& application);
    void setStaleNote(const QString& note);
    void setUtc(bool utc) { m_group.setUtc(utc); }
    void refresh();

    int seriesShown() const { return static_cast<int>(m_feed.series().size()); }
    /// No newer frame is waited for.
    bool isDrawn() { return m_group.scheduler().isIdle(); }
    std::uint64_t dropped() const { return m_feed.dropped(); }
    QString expression() const { return m_feed.expression(); }

Q_SIGNALS:
    /// Data of a later moment arrived.
    void advanced();

private:
    void open();
    void showLines();
    QString wantedExpression() const;

    ChartGroup m_group;
    LiveQueryFeed m_feed;
    QString m_application;
    /// Whether the driver knows what both sides answer.
    bool m_isCounted = true;
    bool m_isShown = false;
    Tabs* m_tabs;
    TimeSeriesChart* m_chart;
    StateView* m_states;
};

} // namespace pilothouse::ui
