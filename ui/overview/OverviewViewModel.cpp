// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/OverviewViewModel.h"

#include "ui/components/FailedState.h"
#include "ui/components/Sparkline.h"
#include "ui/live/SeriesNames.h"
#include "ui/session/OnGuiThread.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

bool hasData(const LiveQueryFeed& feed)
{
    return std::ranges::any_of(feed.series(), [](const metrics::SeriesPoints& series) {
        return std::ranges::any_of(
            series.values, [](double value) { return std::isfinite(value); });
    });
}

/// Relative change of the last tenth against the first.
std::optional<double> changeOf(const std::vector<double>& values)
{
    const std::size_t part = std::max<std::size_t>(1, values.size() / 10);
    const auto mean = [&](std::size_t begin) {
        double sum = 0;
        int count = 0;
        for (std::size_t at = begin; at < begin + part; ++at) {
            if (std::isfinite(values[at])) {
                sum += values[at];
                ++count;
            }
        }
        return count > 0 ? sum / count : NAN;
    };
    if (values.size() < 10) {
        return {};
    }
    const double before = mean(0);
    const double after = mean(values.size() - part);
    if (!std::isfinite(before) || !std::isfinite(after) || before == 0) {
        return {};
    }
    return (after - before) / std::abs(before);
}

} // namespace

OverviewViewModel::OverviewViewModel(
    client::MetricsClient& metrics,
    client::SystemClient& system,
    TimeWindow& time,
    const Clock& clock,
    QObject* parent)
    : QObject(parent),
      m_metrics(metrics),
      m_system(system),
      m_time(time),
      m_clock(clock),
      m_healthBox(
          1, [this](std::vector<system::Health> messages) { takeHealth(std::move(messages)); })
{
    makeFeeds();
}

OverviewViewModel::~OverviewViewModel() = default;

void OverviewViewModel::makeFeeds()
{
    const auto make = [this] {
        auto feed = std::make_unique<LiveQueryFeed>(m_metrics, m_time);
        connect(feed.get(), &LiveQueryFeed::changed, this, [this, raw = feed.get()] {
            feedChanged(*raw);
        });
        return feed;
    };
    for (const KpiSources& sources : overviewKpis()) {
        auto& tile = m_kpis.emplace_back();
        for (std::size_t at = 0; at < sources.size(); ++at) {
            tile.emplace_back().push_back(make());
        }
    }
    for (const auto& sources : overviewCharts()) {
        auto& chart = m_charts.emplace_back();
        for (const ChartSource& source : sources) {
            Feeds& feeds = chart.emplace_back();
            for (std::size_t at = 0; at < source.queries.size(); ++at) {
                feeds.push_back(make());
            }
        }
    }
}

void OverviewViewModel::open()
{
    if (m_open) {
        return;
    }
    m_open = true;
    for (std::size_t tile = 0; tile < m_kpis.size(); ++tile) {
        for (std::size_t source = 0; source < m_kpis[tile].size(); ++source) {
            m_kpis[tile][source][0]->open(overviewKpis()[tile][source].expression);
        }
    }
    for (std::size_t chart = 0; chart < m_charts.size(); ++chart) {
        for (std::size_t source = 0; source < m_charts[chart].size(); ++source) {
            for (std::size_t query = 0; query < m_charts[chart][source].size(); ++query) {
                m_charts[chart][source][query]->open(
                    overviewCharts()[chart][source].queries[query].expression);
            }
        }
    }
    m_healthCall =
        m_system.watchHealth(m_healthBox.sink(), onGuiThread(this, [this](absl::Status status) {
                                 if (!status.ok() && !absl::IsCancelled(status)) {
                                     m_healthState = failedState(status);
                                     Q_EMIT healthChanged();
                                 }
                             }));
    refresh();
}

void OverviewViewModel::close()
{
    m_open = false;
    for (auto* group : {&m_kpis, &m_charts}) {
        for (auto& sources : *group) {
            for (Feeds& feeds : sources) {
                for (auto& feed : feeds) {
                    feed->close();
                }
            }
        }
    }
    m_healthCall.reset();
    m_targetsCall.reset();
    m_storeCall.reset();
}

void OverviewViewModel::setConnected(bool connected)
{
    const bool isNew = connected && !m_isConnected;
    m_isConnected = connected;
    if (isNew && m_open) {
        refresh();
    }
}

void OverviewViewModel::refresh()
{
    if (!m_isConnected) {
        return;
    }
    m_refreshedAt = m_clock.monotonic();
    m_targetsCall = m_metrics.listTargets(onGuiThread<std::vector<metrics::Target>>(
        this, [this](absl::StatusOr<std::vector<metrics::Target>> answer) {
            if (answer.ok()) {
                m_targets = *std::move(answer);
                m_targetsState =
                    m_targets.empty()
                        ? DataState{DataState::Kind::Empty, tr("No scrape target is configured."), tr("Add one under [metrics] in pilothouse.toml."), {}}
                        : DataState::live();
            } else {
                m_targetsState = failedState(answer.status());
            }
            Q_EMIT targetsChanged();
        }));
    m_storeCall = m_metrics.getStoreStatus(onGuiThread<metrics::StoreStatus>(
        this, [this](absl::StatusOr<metrics::StoreStatus> answer) {
            if (answer.ok()) {
                m_store = *answer;
                Q_EMIT targetsChanged();
            }
        }));
}

void OverviewViewModel::refreshIfDue()
{
    if (m_open && m_clock.monotonic() - m_refreshedAt >= kRefreshEvery) {
        refresh();
    }
}

void OverviewViewModel::feedChanged(const LiveQueryFeed& feed)
{
    const auto touches = [&](const std::vector<Feeds>& sources) {
        return std::ranges::any_of(sources, [&](const Feeds& feeds) {
            return std::ranges::any_of(feeds, [&](const auto& one) { return one.get() == &feed; });
        });
    };
    for (std::size_t at = 0; at < m_kpis.size(); ++at) {
        if (touches(m_kpis[at])) {
            Q_EMIT kpiChanged(at);
        }
    }
    if (feed.evaluatedAt() > m_newest) {
        m_newest = feed.evaluatedAt();
        Q_EMIT advanced(m_newest);
        refreshIfDue();
    }
    for (std::size_t at = 0; at < m_charts.size(); ++at) {
        if (touches(m_charts[at])) {
            Q_EMIT chartChanged(at);
        }
    }
}

std::size_t OverviewViewModel::sourceOf(const std::vector<Feeds>& sources) const
{
    for (std::size_t at = 0; at < sources.size(); ++at) {
        if (std::ranges::any_of(sources[at], [](const auto& feed) { return hasData(*feed); })) {
            return at;
        }
    }
    return 0;
}

KpiView OverviewViewModel::kpi(std::size_t index) const
{
    const std::size_t at = sourceOf(m_kpis[index]);
    const KpiSource& source = overviewKpis()[index][at];
    const LiveQueryFeed& feed = *m_kpis[index][at][0];
    KpiView view;
    view.label = source.label;
    view.unit = source.unit;
    view.lowerIsBetter = source.lowerIsBetter;
    if (!hasData(feed)) {
        const bool waiting = std::ranges::any_of(m_kpis[index], [](const Feeds& feeds) {
            return feeds[0]->state() <= LiveQueryFeed::State::Loading;
        });
        view.state = waiting ? KpiView::State::Loading : KpiView::State::NoData;
        return view;
    }
    const std::vector<double>& values = feed.series()[0].values;
    const auto newest = std::find_if(
        values.rbegin(), values.rend(), [](double value) { return std::isfinite(value); });
    view.state = KpiView::State::Live;
    view.value = *newest;
    view.severity = levelOf(source, view.value);
    view.change = changeOf(values);
    const std::size_t keep = std::min(values.size(), Sparkline::kMostPoints);
    const double stride = static_cast<double>(values.size()) / static_cast<double>(keep);
    for (std::size_t point = 0; point < keep; ++point) {
        // The whole window in as many points as a sparkline has, ending at the newest.
        const auto place =
            static_cast<std::size_t>(std::llround(static_cast<double>(point + 1) * stride)) - 1;
        view.history.push_back(values[std::min(place, values.size() - 1)]);
    }
    return view;
}

QString OverviewViewModel::kpiExpression(std::size_t index) const
{
    return overviewKpis()[index][sourceOf(m_kpis[index])].expression;
}

OverviewChart OverviewViewModel::chart(std::size_t index) const
{
    const std::size_t at = sourceOf(m_charts[index]);
    const ChartSource& source = overviewCharts()[index][at];
    OverviewChart chart{source.title, source.fact, source.unit, {}, {}};
    bool loading = false;
    absl::Status error;
    int color = 0;
    for (std::size_t query = 0; query < source.queries.size(); ++query) {
        const LiveQueryFeed& feed = *m_charts[index][at][query];
        loading = loading || feed.state() <= LiveQueryFeed::State::Loading;
        if (feed.state() == LiveQueryFeed::State::Failed && error.ok()) {
            error = feed.error();
        }
        for (ChartLine& line : toChartLines(feed.series(), source.queries[query].name, m_colors)) {
            line.color = color++ % SeriesColors::kColors; // a fixed chart: order tells colours best
            chart.lines.push_back(std::move(line));
        }
    }
    if (!chart.lines.empty()) {
        chart.state = DataState::live();
    } else if (loading) {
        chart.state = {};
    } else if (!error.ok()) {
        chart.state = failedState(error);
    } else {
        chart.state = {DataState::Kind::Empty, tr("No data in this time range."), {}, {}};
    }
    return chart;
}

void OverviewViewModel::takeHealth(std::vector<system::Health> messages)
{
    m_health = std::move(messages.back());
    m_healthState =
        m_health->components.empty()
            ? DataState{DataState::Kind::Empty, tr("The server reports no components."), {}, {}}
            : DataState::live();
    Q_EMIT healthChanged();
    refreshIfDue();
}

int OverviewViewModel::seriesShown() const
{
    std::size_t count = 0;
    for (const auto* group : {&m_kpis, &m_charts}) {
        for (const auto& sources : *group) {
            for (const auto& feed : sources[sourceOf(sources)]) {
                count += feed->series().size();
            }
        }
    }
    return static_cast<int>(count);
}

std::uint64_t OverviewViewModel::dropped() const
{
    std::uint64_t count = 0;
    for (const auto* group : {&m_kpis, &m_charts}) {
        for (const auto& sources : *group) {
            for (const Feeds& feeds : sources) {
                for (const auto& feed : feeds) {
                    count += feed->dropped();
                }
            }
        }
    }
    return count;
}

} // namespace pilothouse::ui
