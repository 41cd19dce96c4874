// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/MetricsClient.h"
#include "ui/charts/ChartData.h"
#include "ui/charts/SeriesColors.h"
#include "ui/components/StateView.h"
#include "ui/live/LiveQueryFeed.h"
#include "ui/live/LiveSeriesFeed.h"
#include "ui/live/PreviousPeriodFeed.h"
#include "ui/metrics/MetricTreeModel.h"

#include <QObject>

#include <memory>
#include <vector>

namespace pilothouse::ui {

/// "Explore and compare": the live list of metrics, and a stack of charts that share a time axis.
/// GUI thread only.
class MetricsViewModel : public QObject
{
    Q_OBJECT

public:
    static constexpr int kMostCharts = 8;
    /// More series than these are not watched; a search narrows them.
    static constexpr int kMostSeries = 500;

    MetricsViewModel(client::MetricsClient& metrics, TimeWindow& time, QObject* parent = nullptr);
    ~MetricsViewModel() override;

    void open();
    void close();
    void search(const QString& text);
    QString searchText() const { return m_search; }
    MetricTreeModel& tree() { return m_tree; }
    DataState treeState() const;
    /// "214 series" or "500 of 12 408 series: search to narrow".
    QString treeFact() const;

    int chartCount() const { return static_cast<int>(m_charts.size()); }
    QString expression(int chart) const;
    QStringList expressions() const;
    std::vector<ChartLine> lines(int chart) const;
    DataState chartState(int chart) const;
    /// What the server has against a chart's expression; empty when nothing.
    QString chartError(int chart) const;
    /// Adds a chart (or finds the one that is there) and returns its place; -1 when there are
    /// kMostCharts already.
    int addChart(const QString& expression);
    void removeChart(int chart);
    /// Another expression in the same place, with the same options.
    void replaceChart(int chart, const QString& expression);
    void setCharts(const QStringList& expressions);

    bool isLogScale(int chart) const { return at(chart).isLog; }
    void setLogScale(int chart, bool log);
    bool isCompared(int chart) const { return at(chart).previous != nullptr; }
    /// Beside the present what was one window's length earlier.
    void setCompared(int chart, bool compared);
    std::vector<ChartLine> previousLines(int chart) const;
    /// "30 m earlier".
    QString previousName(int chart) const;
    /// Labels by which the chart's metric can be grouped.
    QStringList labelNames(int chart) const;
    std::uint64_t dropped() const;
    int seriesShown() const;

Q_SIGNALS:
    /// Charts were added or removed.
    void chartsChanged();
    void chartChanged(int chart);
    void treeChanged();
    /// New points in the same tree.
    void treeAdvanced();
    void advanced(qint64 evaluatedAt);

private:
    struct Chart
    {
        std::unique_ptr<LiveQueryFeed> feed;
        std::unique_ptr<PreviousPeriodFeed> previous;
        bool isLog = false;
    };

    const Chart& at(int chart) const { return m_charts[static_cast<std::size_t>(chart)]; }
    Chart& at(int chart) { return m_charts[static_cast<std::size_t>(chart)]; }
    void watchTree();
    void feedChanged(const QObject& feed);

    client::MetricsClient& m_metrics;
    TimeWindow& m_time;
    bool m_open = false;
    QString m_search;
    MetricTreeModel m_tree;
    LiveSeriesFeed m_series;
    std::vector<Chart> m_charts;
    mutable SeriesColors m_colors;
    client::CallPtr m_catalogueCall;
};

} // namespace pilothouse::ui
