// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/MetricsClient.h"
#include "shared/scaling/State.h"
#include "ui/charts/ChartGroup.h"
#include "ui/components/Card.h"
#include "ui/live/LiveQueryFeed.h"
#include "ui/session/TimeWindow.h"

namespace pilothouse::ui {

class StateView;
class TimeSeriesChart;

/// Instances that were ready and those that were recommended, over the last hour, with the policy's
/// minimum and maximum.
class ScalingChart : public Card
{
    Q_OBJECT

public:
    ScalingChart(
        const Theme& theme, client::MetricsClient& metrics, const Clock& clock, QWidget* parent);
    ~ScalingChart() override;

    /// Streams run only while shown.
    void setShown(bool shown);
    void setPolicy(const scaling::Policy& policy);
    void setStaleNote(const QString& note);
    void setUtc(bool utc) { m_group.setUtc(utc); }
    void refresh();

    int linesShown() const { return static_cast<int>(m_feed.series().size()); }
    /// No newer frame is waited for.
    bool isDrawn() { return m_group.scheduler().isIdle(); }

private:
    void open();
    void showLines();

    TimeWindow m_time;
    ChartGroup m_group;
    LiveQueryFeed m_feed;
    scaling::Policy m_policy;
    bool m_isShown = false;
    TimeSeriesChart* m_chart;
    StateView* m_states;
};

} // namespace pilothouse::ui
