// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scaling/ScalingChart.h"

#include "ui/charts/TimeSeriesChart.h"
#include "ui/components/ChildWidgets.h"
#include "ui/components/FailedState.h"
#include "ui/components/StateView.h"
#include "ui/live/PromString.h"

#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kLeastChart = 200;
constexpr int kReadySeries = 0;
constexpr int kRecommendedSeries = 2;
const absl::Duration kShownTime = absl::Hours(1);

QString gaugeAs(const QString& gauge, const QString& policy, const QString& line)
{
    return QStringLiteral("label_replace(max(%1{policy=%2}), \"line\", \"%3\", \"\", \"\")")
        .arg(gauge, promString(policy), line);
}

} // namespace

ScalingChart::ScalingChart(
    const Theme& theme, client::MetricsClient& metrics, const Clock& clock, QWidget* parent)
    : Card(theme, tr("Instances in the last hour"), parent),
      m_time(clock),
      m_group(m_time),
      m_feed(metrics, m_time),
      m_chart(new TimeSeriesChart(theme, m_group, this)),
      m_states(new StateView(theme, m_chart, this))
{
    m_time.setRange(TimeRange::lastOf(kShownTime));
    body()->addWidget(m_states, 1);
    setMinimumHeight(theme.px(kLeastChart));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Ignored);
    connect(&m_feed, &LiveQueryFeed::changed, this, [this] { showLines(); });
    connect(m_states, &StateView::actionTriggered, this, &ScalingChart::refresh);
}

ScalingChart::~ScalingChart()
{
    deleteChildWidgets(this);
}

void ScalingChart::setShown(bool shown)
{
    m_isShown = shown;
    shown ? open() : m_feed.close();
}

void ScalingChart::refresh()
{
    m_feed.close();
    open();
}

void ScalingChart::setPolicy(const scaling::Policy& policy)
{
    if (policy == m_policy) {
        return;
    }
    m_policy = policy;
    m_chart->setTitle(QString::fromStdString(policy.title));
    // Grey: they are limits, and blue would be taken for a line that was measured.
    m_chart->setThresholds(
        {{static_cast<double>(policy.most), Severity::Unknown, tr("Maximum")},
         {static_cast<double>(policy.least), Severity::Unknown, tr("Minimum")}});
    refresh();
}

void ScalingChart::setStaleNote(const QString& note)
{
    m_states->setStaleNote(note);
}

void ScalingChart::open()
{
    if (!m_isShown || m_policy.name.empty() || m_feed.isOpen()) {
        return;
    }
    const QString name = QString::fromStdString(m_policy.name);
    m_feed.open(
        gaugeAs(
            QStringLiteral("pilothouse_scaling_ready_instances"), name, QStringLiteral("ready")) +
        QStringLiteral(" or ") +
        gaugeAs(
            QStringLiteral("pilothouse_scaling_recommended_instances"),
            name,
            QStringLiteral("recommended")));
    showLines();
}

void ScalingChart::showLines()
{
    std::vector<ChartLine> lines;
    for (const metrics::SeriesPoints& series : m_feed.series()) {
        const bool isReady = series.labels.get("line") == "ready";
        ChartLine line;
        line.id = isReady ? QStringLiteral("ready") : QStringLiteral("recommended");
        line.name = isReady ? tr("Ready") : tr("Recommended");
        line.color = isReady ? kReadySeries : kRecommendedSeries;
        line.times = series.times;
        line.values = series.values;
        lines.push_back(std::move(line));
    }
    DataState state = DataState::live();
    if (m_feed.state() == LiveQueryFeed::State::Failed) {
        state = failedState(m_feed.error());
    } else if (lines.empty() && m_feed.state() == LiveQueryFeed::State::Live) {
        state = {DataState::Kind::Empty, tr("Nothing was recorded in the last hour."), {}, {}};
    } else if (lines.empty()) {
        state = {};
    }
    m_chart->setLines(std::move(lines));
    m_states->setState(state);
    m_group.advanceTo(m_feed.evaluatedAt());
}

} // namespace pilothouse::ui
