// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/MetricsViewModel.h"

#include "ui/components/FailedState.h"

#include "ui/live/SeriesNames.h"
#include "ui/metrics/PromText.h"
#include "ui/session/OnGuiThread.h"

#include <algorithm>
#include <set>

namespace pilothouse::ui {

namespace {

constexpr int kMostFamilies = 5000;

} // namespace

MetricsViewModel::MetricsViewModel(
    client::MetricsClient& metrics, TimeWindow& time, QObject* parent)
    : QObject(parent), m_metrics(metrics), m_time(time), m_series(metrics)
{
    connect(&m_series, &LiveSeriesFeed::reset, this, [this] {
        m_tree.show(m_series.window());
        Q_EMIT treeChanged();
        Q_EMIT treeAdvanced();
    });
    connect(&m_series, &LiveSeriesFeed::advanced, this, [this] {
        m_tree.advance();
        Q_EMIT treeAdvanced();
    });
    connect(&m_series, &LiveSeriesFeed::failed, this, &MetricsViewModel::treeChanged);
}

MetricsViewModel::~MetricsViewModel() = default;

void MetricsViewModel::open()
{
    m_open = true;
    watchTree();
    for (const Chart& chart : m_charts) {
        chart.feed->open(chart.feed->expression());
        if (chart.previous) {
            chart.previous->open(chart.feed->expression());
        }
    }
}

void MetricsViewModel::close()
{
    m_open = false;
    m_series.close();
    m_catalogueCall.reset();
    for (const Chart& chart : m_charts) {
        chart.feed->close();
        if (chart.previous) {
            chart.previous->close();
        }
    }
}

void MetricsViewModel::watchTree()
{
    m_series.open({selectorFor(m_search)}, kMostSeries);
    m_catalogueCall = m_metrics.listMetrics(
        m_search.toStdString(),
        kMostFamilies,
        onGuiThread<std::vector<metrics::Metric>>(
            this, [this](absl::StatusOr<std::vector<metrics::Metric>> answer) {
                // Without a catalogue the list still works: only types, units and help are missing.
                if (answer.ok()) {
                    m_tree.setCatalogue(*answer);
                    Q_EMIT treeChanged();
                }
            }));
    Q_EMIT treeChanged();
}

void MetricsViewModel::search(const QString& text)
{
    m_search = text.trimmed();
    if (m_open) {
        watchTree();
    }
}

DataState MetricsViewModel::treeState() const
{
    switch (m_series.state()) {
    case LiveSeriesFeed::State::Failed:
        return failedState(m_series.error());
    case LiveSeriesFeed::State::Live:
        if (m_tree.seriesCount() > 0) {
            return DataState::live();
        }
        if (!m_search.isEmpty()) {
            return {
                DataState::Kind::FilteredEmpty,
                tr("No metric's name contains “%1”.").arg(m_search),
                {},
                tr("Clear search")};
        }
        return {DataState::Kind::Empty, tr("The server holds no series yet."), {}, {}};
    default:
        return m_tree.seriesCount() > 0 ? DataState::live() : DataState{};
    }
}

QString MetricsViewModel::treeFact() const
{
    const qint64 shown = m_tree.seriesCount();
    if (m_series.total() > shown) {
        return tr("%1 of %2 series: search to narrow")
            .arg(formatCount(shown), formatCount(m_series.total()));
    }
    return tr("%1 series").arg(formatCount(shown));
}

QString MetricsViewModel::expression(int chart) const
{
    return at(chart).feed->expression();
}

QStringList MetricsViewModel::expressions() const
{
    QStringList result;
    for (const Chart& chart : m_charts) {
        result << chart.feed->expression();
    }
    return result;
}

std::vector<ChartLine> MetricsViewModel::lines(int chart) const
{
    const LiveQueryFeed& feed = *at(chart).feed;
    return toChartLines(feed.series(), feed.expression(), m_colors);
}

DataState MetricsViewModel::chartState(int chart) const
{
    const LiveQueryFeed& feed = *at(chart).feed;
    if (!feed.series().empty()) {
        return DataState::live();
    }
    switch (feed.state()) {
    case LiveQueryFeed::State::Failed:
        return failedState(feed.error());
    case LiveQueryFeed::State::Live:
        return {DataState::Kind::Empty, tr("No series match in this time range."), {}, {}};
    default:
        return {};
    }
}

QString MetricsViewModel::chartError(int chart) const
{
    const LiveQueryFeed& feed = *at(chart).feed;
    return feed.state() == LiveQueryFeed::State::Failed
               ? QString::fromStdString(std::string(feed.error().message()))
               : QString();
}

int MetricsViewModel::addChart(const QString& expression)
{
    const QString trimmed = expression.trimmed();
    const qsizetype known = expressions().indexOf(trimmed);
    if (known >= 0) {
        auto& feed = at(static_cast<int>(known)).feed;
        if (m_open && feed->state() == LiveQueryFeed::State::Failed) {
            feed->open(trimmed);
        }
        return static_cast<int>(known);
    }
    if (chartCount() >= kMostCharts || trimmed.isEmpty()) {
        return -1;
    }
    auto feed = std::make_unique<LiveQueryFeed>(m_metrics, m_time);
    LiveQueryFeed* raw = feed.get();
    m_charts.push_back({std::move(feed), nullptr, false});
    raw->open(trimmed);
    if (!m_open) {
        raw->close();
    }
    connect(raw, &LiveQueryFeed::changed, this, [this, raw] { feedChanged(*raw); });
    Q_EMIT chartsChanged();
    return chartCount() - 1;
}

void MetricsViewModel::removeChart(int chart)
{
    m_charts.erase(m_charts.begin() + chart);
    Q_EMIT chartsChanged();
}

void MetricsViewModel::setCharts(const QStringList& expressions)
{
    m_charts.clear();
    for (const QString& expression : expressions) {
        addChart(expression);
    }
    Q_EMIT chartsChanged();
}

void MetricsViewModel::replaceChart(int chart, const QString& expression)
{
    Chart& changed = at(chart);
    changed.feed->open(expression);
    if (!m_open) {
        changed.feed->close();
    } else if (changed.previous) {
        changed.previous->open(expression);
    }
    Q_EMIT chartsChanged();
}

void MetricsViewModel::setLogScale(int chart, bool log)
{
    if (log != at(chart).isLog) {
        at(chart).isLog = log;
        Q_EMIT chartChanged(chart);
    }
}

void MetricsViewModel::setCompared(int chart, bool compared)
{
    Chart& changed = at(chart);
    if (compared == isCompared(chart)) {
        return;
    }
    changed.previous.reset();
    if (compared) {
        changed.previous = std::make_unique<PreviousPeriodFeed>(m_metrics, m_time);
        connect(
            changed.previous.get(),
            &PreviousPeriodFeed::changed,
            this,
            [this, raw = changed.previous.get()] { feedChanged(*raw); });
        if (m_open) {
            changed.previous->open(changed.feed->expression());
        }
    }
    Q_EMIT chartChanged(chart);
}

std::vector<ChartLine> MetricsViewModel::previousLines(int chart) const
{
    const Chart& shown = at(chart);
    return shown.previous
               ? toChartLines(shown.previous->series(), shown.feed->expression(), m_colors)
               : std::vector<ChartLine>();
}

QString MetricsViewModel::previousName(int chart) const
{
    const auto& previous = at(chart).previous;
    return previous ? tr("%1 earlier").arg(formatDuration(absl::ToDoubleSeconds(previous->shift())))
                    : QString();
}

QStringList MetricsViewModel::labelNames(int chart) const
{
    const LiveQueryFeed& feed = *at(chart).feed;
    std::set<std::string> names;
    const auto addOf = [&names](const metrics::Labels& labels) {
        for (const auto& [name, value] : labels.pairs()) {
            if (name != metrics::kMetricName && name != "le") {
                names.insert(name);
            }
        }
    };
    for (const metrics::SeriesPoints& series : feed.series()) {
        addOf(series.labels);
    }
    // The list knows the labels that an aggregation took away; it leaves buckets out.
    QString text = feed.expression();
    text.replace(QLatin1String("_bucket"), QLatin1String("_count"));
    for (const metrics::SeriesPoints& series : m_series.window().series()) {
        const auto name = QString::fromUtf8(series.labels.get(metrics::kMetricName));
        if (!name.isEmpty() && text.contains(name)) {
            addOf(series.labels);
        }
    }
    QStringList result;
    for (const std::string& name : names) {
        result << QString::fromStdString(name);
    }
    return result;
}

void MetricsViewModel::feedChanged(const QObject& feed)
{
    for (int chart = 0; chart < chartCount(); ++chart) {
        const Chart& here = at(chart);
        if (here.feed.get() == &feed) {
            Q_EMIT advanced(here.feed->evaluatedAt());
            Q_EMIT chartChanged(chart);
        } else if (here.previous.get() == &feed) {
            Q_EMIT chartChanged(chart);
        }
    }
}

std::uint64_t MetricsViewModel::dropped() const
{
    std::uint64_t count = m_series.dropped();
    for (const Chart& chart : m_charts) {
        count += chart.feed->dropped();
    }
    return count;
}

int MetricsViewModel::seriesShown() const
{
    std::size_t count = static_cast<std::size_t>(m_tree.seriesCount());
    for (const Chart& chart : m_charts) {
        count += chart.feed->series().size();
    }
    return static_cast<int>(count);
}

} // namespace pilothouse::ui
