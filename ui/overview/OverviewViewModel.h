// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/Clock.h"
#include "shared/client/MetricsClient.h"
#include "shared/client/SystemClient.h"
#include "ui/charts/ChartData.h"
#include "ui/charts/SeriesColors.h"
#include "ui/components/KpiTile.h"
#include "ui/components/StateView.h"
#include "ui/live/LiveQueryFeed.h"
#include "ui/overview/OverviewQueries.h"
#include "ui/session/LiveMailbox.h"

#include <QObject>

#include <memory>
#include <optional>
#include <vector>

namespace pilothouse::ui {

/// What one chart of the overview shows.
struct OverviewChart
{
    QString title;
    QString fact;
    Unit unit = Unit::None;
    std::vector<ChartLine> lines;
    DataState state;
};

/// "Is anything wrong, and what happened?": key figures with their levels, latency, the health of
/// the server's components, its scrape targets and its store. Streams run only while opened. GUI
/// thread only.
class OverviewViewModel : public QObject
{
    Q_OBJECT

public:
    /// Targets and store have no stream of their own; they are asked again when live data arrives
    /// and this much time has passed.
    static constexpr absl::Duration kRefreshEvery = absl::Seconds(5);

    OverviewViewModel(
        client::MetricsClient& metrics,
        client::SystemClient& system,
        TimeWindow& time,
        const Clock& clock,
        QObject* parent = nullptr);
    ~OverviewViewModel() override;

    void open();
    void close();
    bool isOpen() const { return m_open; }
    /// Asks for targets and store now.
    void refresh();
    /// Without a connection nothing is asked for that would only be refused; what is due is asked
    /// as soon as there is one.
    void setConnected(bool connected);

    KpiView kpi(std::size_t index) const;
    /// The expression behind a tile, for the metrics page.
    QString kpiExpression(std::size_t index) const;
    OverviewChart chart(std::size_t index) const;
    const std::optional<system::Health>& health() const { return m_health; }
    const DataState& healthState() const { return m_healthState; }
    const std::vector<metrics::Target>& targets() const { return m_targets; }
    const DataState& targetsState() const { return m_targetsState; }
    const std::optional<metrics::StoreStatus>& store() const { return m_store; }
    /// When the newest data was evaluated, in milliseconds; 0 for none.
    std::int64_t newest() const { return m_newest; }
    int seriesShown() const;
    std::uint64_t dropped() const;

Q_SIGNALS:
    void kpiChanged(std::size_t index);
    void chartChanged(std::size_t index);
    void healthChanged();
    void targetsChanged();
    /// Data of a later moment arrived.
    void advanced(qint64 evaluatedAt);

private:
    /// Feeds of one source of a tile or chart.
    using Feeds = std::vector<std::unique_ptr<LiveQueryFeed>>;

    void makeFeeds();
    void feedChanged(const LiveQueryFeed& feed);
    std::size_t sourceOf(const std::vector<Feeds>& sources) const;
    void takeHealth(std::vector<system::Health> messages);
    void refreshIfDue();

    client::MetricsClient& m_metrics;
    client::SystemClient& m_system;
    TimeWindow& m_time;
    const Clock& m_clock;
    bool m_open = false;
    bool m_isConnected = true;
    std::vector<std::vector<Feeds>> m_kpis;
    std::vector<std::vector<Feeds>> m_charts;
    mutable SeriesColors m_colors;
    std::optional<system::Health> m_health;
    DataState m_healthState;
    std::vector<metrics::Target> m_targets;
    DataState m_targetsState;
    std::optional<metrics::StoreStatus> m_store;
    std::int64_t m_newest = 0;
    absl::Duration m_refreshedAt = -absl::InfiniteDuration();
    LiveMailbox<system::Health> m_healthBox;
    client::CallPtr m_healthCall;
    client::CallPtr m_targetsCall;
    client::CallPtr m_storeCall;
};

} // namespace pilothouse::ui
