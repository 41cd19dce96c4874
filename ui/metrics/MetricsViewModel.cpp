// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/MetricsViewModel.h"

#include "shared/base/StatusHelpers.h"
#include "ui/live/SeriesNames.h"
#include "ui/metrics/PromText.h"
#include "ui/session/OnGuiThread.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kMostFamilies = 5000;

DataState errorState(const absl::Status& status)
{
    return {
        DataState::Kind::Error,
        QString::fromStdString(std::string(status.message())),
        QString::fromStdString(hintOf(status)),
        MetricsViewModel::tr("Retry")};
}

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
    for (const auto& feed : m_feeds) {
        feed->open(feed->expression());
    }
}

void MetricsViewModel::close()
{
    m_open = false;
    m_series.close();
    m_catalogueCall.reset();
    for (const auto& feed : m_feeds) {
        feed->close();
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
        return errorState(m_series.error());
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
    return m_feeds[static_cast<std::size_t>(chart)]->expression();
}

QStringList MetricsViewModel::expressions() const
{
    QStringList result;
    for (const auto& feed : m_feeds) {
        result << feed->expression();
    }
    return result;
}

std::vector<ChartLine> MetricsViewModel::lines(int chart) const
{
    const LiveQueryFeed& feed = *m_feeds[static_cast<std::size_t>(chart)];
    return toChartLines(feed.series(), feed.expression(), m_colors);
}

DataState MetricsViewModel::chartState(int chart) const
{
    const LiveQueryFeed& feed = *m_feeds[static_cast<std::size_t>(chart)];
    if (!feed.series().empty()) {
        return DataState::live();
    }
    switch (feed.state()) {
    case LiveQueryFeed::State::Failed:
        return errorState(feed.error());
    case LiveQueryFeed::State::Live:
        return {DataState::Kind::Empty, tr("No series match in this time range."), {}, {}};
    default:
        return {};
    }
}

QString MetricsViewModel::chartError(int chart) const
{
    const LiveQueryFeed& feed = *m_feeds[static_cast<std::size_t>(chart)];
    return feed.state() == LiveQueryFeed::State::Failed
               ? QString::fromStdString(std::string(feed.error().message()))
               : QString();
}

int MetricsViewModel::addChart(const QString& expression)
{
    const QString trimmed = expression.trimmed();
    const qsizetype known = expressions().indexOf(trimmed);
    if (known >= 0) {
        auto& feed = m_feeds[static_cast<std::size_t>(known)];
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
    m_feeds.push_back(std::move(feed));
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
    m_feeds.erase(m_feeds.begin() + chart);
    Q_EMIT chartsChanged();
}

void MetricsViewModel::setCharts(const QStringList& expressions)
{
    m_feeds.clear();
    for (const QString& expression : expressions) {
        addChart(expression);
    }
    Q_EMIT chartsChanged();
}

void MetricsViewModel::feedChanged(const LiveQueryFeed& feed)
{
    Q_EMIT advanced(feed.evaluatedAt());
    for (int chart = 0; chart < chartCount(); ++chart) {
        if (m_feeds[static_cast<std::size_t>(chart)].get() == &feed) {
            Q_EMIT chartChanged(chart);
        }
    }
}

std::uint64_t MetricsViewModel::dropped() const
{
    std::uint64_t count = m_series.dropped();
    for (const auto& feed : m_feeds) {
        count += feed->dropped();
    }
    return count;
}

int MetricsViewModel::seriesShown() const
{
    std::size_t count = static_cast<std::size_t>(m_tree.seriesCount());
    for (const auto& feed : m_feeds) {
        count += feed->series().size();
    }
    return static_cast<int>(count);
}

} // namespace pilothouse::ui
