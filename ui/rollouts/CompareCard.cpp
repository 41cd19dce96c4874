// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/CompareCard.h"

#include "ui/charts/TimeSeriesChart.h"
#include "ui/components/ChildWidgets.h"
#include "ui/components/FailedState.h"
#include "ui/components/StateView.h"
#include "ui/components/Tabs.h"
#include "ui/live/PromString.h"
#include "ui/rollouts/RolloutText.h"

#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kErrorsTab = 0;
/// Series colours nearest to those of the slots.
constexpr int kBlueSeries = 0;
constexpr int kGreenSeries = 4;
constexpr int kLeastHeight = 260;

QString rateOf(const QString& metric, const QString& application)
{
    return QStringLiteral("sum by (colour) (rate(%1{application=%2}[15s]))")
        .arg(metric, promString(application));
}

ChartLine lineOf(const metrics::SeriesPoints& series)
{
    const std::string_view colour = series.labels.get("colour");
    ChartLine line;
    const rollouts::Colour slot = rollouts::colourOf(colour).value_or(rollouts::Colour::Blue);
    line.id = QString::fromUtf8(colour.data(), static_cast<qsizetype>(colour.size()));
    line.name = nameOf(slot);
    line.color = slot == rollouts::Colour::Blue ? kBlueSeries : kGreenSeries;
    line.times = series.times;
    line.values = series.values;
    return line;
}

} // namespace

CompareCard::CompareCard(
    const Theme& theme, client::MetricsClient& metrics, TimeWindow& time, QWidget* parent)
    : Card(theme, tr("Blue and green"), parent),
      m_group(time),
      m_feed(metrics, time),
      m_tabs(new Tabs(theme, tr("What is compared"), this)),
      m_chart(new TimeSeriesChart(theme, m_group, this)),
      m_states(new StateView(theme, m_chart, this))
{
    m_tabs->addTab(tr("Errors"));
    m_tabs->addTab(tr("Requests"));
    body()->addWidget(m_tabs);
    body()->addWidget(m_states, 1);
    setMinimumHeight(theme.px(kLeastHeight));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Ignored);
    connect(m_tabs, &QTabBar::currentChanged, this, [this] { open(); });
    connect(&m_feed, &LiveQueryFeed::changed, this, [this] { showLines(); });
    connect(m_states, &StateView::actionTriggered, this, &CompareCard::refresh);
}

QString CompareCard::wantedExpression() const
{
    const QString responses =
        rateOf(QStringLiteral("pilothouse_rollouts_responses_total"), m_application);
    return m_tabs->currentIndex() == kErrorsTab
               ? rateOf(QStringLiteral("pilothouse_rollouts_server_errors_total"), m_application) +
                     QStringLiteral(" / (") + responses + QStringLiteral(" > 0)")
               : responses;
}

CompareCard::~CompareCard()
{
    deleteChildWidgets(this);
}

void CompareCard::setShown(bool shown)
{
    m_isShown = shown;
    shown ? open() : m_feed.close();
}

void CompareCard::refresh()
{
    m_feed.close();
    open();
}

void CompareCard::open()
{
    const QString wanted = wantedExpression();
    if (!m_isShown || m_application.isEmpty() ||
        (m_feed.isOpen() && m_feed.expression() == wanted)) {
        return;
    }
    m_chart->setTitle(m_tabs->tabText(m_tabs->currentIndex()));
    m_chart->setUnit(m_tabs->currentIndex() == kErrorsTab ? Unit::Ratio : Unit::PerSecond);
    m_feed.open(wanted);
    showLines();
}

void CompareCard::setApplication(const rollouts::Application& application)
{
    const bool isCompared =
        application.rollout && rollouts::isBeforeSwitch(application.rollout->step);
    setFact(isCompared ? differenceText(*application.rollout) : QString());
    m_isCounted = !application.observation || application.observation->countsResponses;
    const QString name = QString::fromStdString(application.name);
    if (name != m_application) {
        m_application = name;
        open();
    }
}

void CompareCard::setStaleNote(const QString& note)
{
    m_states->setStaleNote(note);
}

void CompareCard::showLines()
{
    std::vector<ChartLine> lines;
    for (const metrics::SeriesPoints& series : m_feed.series()) {
        lines.push_back(lineOf(series));
    }
    DataState state = DataState::live();
    if (m_feed.state() == LiveQueryFeed::State::Failed) {
        state = failedState(m_feed.error());
    } else if (lines.empty() && m_feed.state() == LiveQueryFeed::State::Loading) {
        state = {};
    } else if (lines.empty() && !m_isCounted) {
        state = {
            DataState::Kind::Empty,
            tr("Nothing counts what both sides answer."),
            tr("The keys responses_query and server_errors_query of the application say how."),
            {}};
    } else if (lines.empty()) {
        state = {
            DataState::Kind::Empty,
            tr("Neither side answered a request in this time."),
            tr("The comparison needs traffic on both: users of a preview, a mirror, a load "
               "generator."),
            {}};
    }
    m_chart->setLines(std::move(lines));
    m_states->setState(state);
    m_group.advanceTo(m_feed.evaluatedAt());
    Q_EMIT advanced();
}

} // namespace pilothouse::ui
