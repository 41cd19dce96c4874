// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/OverviewPage.h"

#include "shared/client/MetricsClient.h"
#include "shared/client/SystemClient.h"
#include "ui/charts/TimeSeriesChart.h"
#include "ui/components/Card.h"
#include "ui/components/ChildWidgets.h"
#include "ui/components/DataTable.h"
#include "ui/components/PageGrid.h"
#include "ui/components/PlainScroll.h"
#include "ui/components/StatusChip.h"
#include "ui/components/TextLabel.h"
#include "ui/overview/OverviewText.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// Below these widths the tables at the side give up their least columns, one after the other.
constexpr int kThreeFacts = 1380;
constexpr int kTwoFacts = 1020;

} // namespace

OverviewPage::OverviewPage(const PageContext& context, QWidget* parent)
    : Page(parent),
      m_context(context),
      m_model(context.session.metrics(), context.session.system(), context.time, context.clock),
      m_group(context.time)
{
    build();
    bind();
}

OverviewPage::~OverviewPage()
{
    deleteChildWidgets(this);
}

OverviewPage::ChartPanel OverviewPage::makeChart()
{
    ChartPanel panel;
    panel.card = new Card(m_context.theme, tr("Loading"), this);
    panel.chart = new TimeSeriesChart(m_context.theme, m_group, panel.card);
    panel.states = new StateView(m_context.theme, panel.chart, panel.card);
    panel.card->body()->addWidget(panel.states, 1);
    return panel;
}

QWidget* OverviewPage::buildSentence()
{
    auto* line = new QWidget(this);
    auto* layout = new QHBoxLayout(line);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(m_context.theme.px(space::kM));
    m_chip = new StatusChip(m_context.theme, Severity::Unknown, line);
    m_sentence = new TextLabel(m_context.theme, TypeRole::Body, Color::TextSecondary, {}, line);
    m_sentence->setElided(true);
    layout->addWidget(m_chip);
    layout->addWidget(m_sentence, 1);
    return line;
}

QWidget* OverviewPage::buildHealth()
{
    m_healthCard = new Card(m_context.theme, tr("Component health"), this);
    m_health = new DataTable(
        m_context.theme,
        tr("Component health"),
        healthColumns(),
        DataTable::Chrome::Bare,
        m_healthCard);
    m_health->setState({});
    m_healthCard->body()->addWidget(m_health, 1);
    return m_healthCard;
}

QWidget* OverviewPage::buildTargets()
{
    m_targetsCard = new Card(m_context.theme, tr("Scrape targets"), this);
    m_targets = new DataTable(
        m_context.theme,
        tr("Scrape targets"),
        targetColumns(),
        DataTable::Chrome::Bare,
        m_targetsCard);
    m_targets->setState({});
    m_store = new TextLabel(m_context.theme, TypeRole::Label, {}, m_targetsCard);
    m_store->setElided(true);
    m_targetsCard->body()->addWidget(m_targets, 1);
    m_targetsCard->body()->addWidget(m_store);
    return m_targetsCard;
}

void OverviewPage::build()
{
    const Theme& theme = m_context.theme;
    auto* body = new QWidget;
    QGridLayout* grid = pageGrid(theme, body);
    grid->addWidget(buildSentence(), 0, 0, 1, 12);
    for (int tile = 0; tile < static_cast<int>(overviewKpis().size()); ++tile) {
        auto* kpi = new KpiTile(theme, m_renderer, body);
        // Blue, orange, green, violet: as far from each other as the palette allows.
        static constexpr int kColors[] = {0, 2, 4, 3};
        kpi->setSeriesColor(kColors[tile % 4]);
        m_tiles.push_back(kpi);
        grid->addWidget(kpi, 1, tile * 3, 1, 3);
    }
    for (std::size_t at = 0; at < overviewCharts().size(); ++at) {
        m_charts.push_back(makeChart());
    }
    grid->addWidget(m_charts[0].card, 2, 0, 1, 8);
    grid->addWidget(buildHealth(), 2, 8, 1, 4);
    grid->addWidget(m_charts[1].card, 3, 0, 1, 4);
    grid->addWidget(m_charts[2].card, 3, 4, 1, 4);
    grid->addWidget(buildTargets(), 3, 8, 1, 4);
    keepColumnsEqual(*grid);
    grid->setRowStretch(2, 5);
    grid->setRowStretch(3, 4);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(plainScroll(body, this));
}

void OverviewPage::bind()
{
    connect(&m_model, &OverviewViewModel::kpiChanged, this, &OverviewPage::showKpi);
    connect(&m_model, &OverviewViewModel::chartChanged, this, &OverviewPage::showChart);
    connect(&m_model, &OverviewViewModel::healthChanged, this, &OverviewPage::showHealth);
    connect(&m_model, &OverviewViewModel::targetsChanged, this, &OverviewPage::showTargets);
    connect(&m_model, &OverviewViewModel::advanced, this, [this](qint64 at) {
        m_group.advanceTo(at);
        Q_EMIT liveDataChanged(m_model.seriesShown(), 1, m_model.dropped());
    });
    for (std::size_t at = 0; at < m_tiles.size(); ++at) {
        connect(m_tiles[at], &KpiTile::activated, this, [this, at] {
            Q_EMIT openRequested(QStringLiteral("metrics"), m_model.kpiExpression(at));
        });
        showKpi(at);
    }
    for (std::size_t at = 0; at < m_charts.size(); ++at) {
        connect(m_charts[at].states, &StateView::actionTriggered, this, [this] {
            m_model.close();
            m_model.open();
        });
        showChart(at);
    }
    connect(&m_context.session, &Session::statusChanged, this, &OverviewPage::showFreshness);
    connect(&m_context.session, &Session::stateChanged, this, [this] {
        m_model.setConnected(m_context.session.isUsable());
    });
    const auto followSettings = [this] {
        m_group.setUtc(m_context.settings.timeDisplay() == TimeDisplay::Utc);
    };
    connect(&m_context.settings, &Settings::changed, this, followSettings);
    followSettings();
}

void OverviewPage::setShown(bool shown)
{
    if (shown) {
        m_model.setConnected(m_context.session.isUsable());
        m_model.open();
        showFreshness();
    } else {
        m_model.close();
    }
}

void OverviewPage::resizeEvent(QResizeEvent* event)
{
    Page::resizeEvent(event);
    // Whole names first: what cannot be told from its neighbour helps nobody.
    const bool threeFacts = width() > m_context.theme.px(kThreeFacts);
    const bool twoFacts = width() > m_context.theme.px(kTwoFacts);
    m_health->setColumnShown(QStringLiteral("response"), threeFacts);
    m_health->setColumnShown(QStringLiteral("since"), twoFacts);
    m_targets->setColumnShown(QStringLiteral("samples"), threeFacts);
    m_targets->setColumnShown(QStringLiteral("took"), twoFacts);
}

QWidget* OverviewPage::initialFocus()
{
    return m_tiles.front();
}

QString OverviewPage::staleNote() const
{
    const Session& session = m_context.session;
    if (session.isFresh() || session.freshUntil() == absl::InfinitePast()) {
        return {};
    }
    return tr("as of %1")
        .arg(formatClock(absl::ToUnixMillis(session.freshUntil()), m_group.isUtc()));
}

void OverviewPage::showFreshness()
{
    const QString note = staleNote();
    showChip();
    for (std::size_t at = 0; at < m_tiles.size(); ++at) {
        showKpi(at);
    }
    for (const ChartPanel& panel : m_charts) {
        panel.states->setStaleNote(note);
    }
    m_health->setStaleNote(note);
    m_targets->setStaleNote(note);
}

void OverviewPage::showChip()
{
    const auto& health = m_model.health();
    if (!health) {
        return;
    }
    const QString note = staleNote();
    const QString word = wordOf(health->overall);
    if (note.isEmpty()) {
        m_chip->setStatus(severityOf(health->overall), word);
    } else {
        // Nobody knows how it is now: what was healthy must not stand there in green.
        m_chip->setStatus(Severity::Unknown, tr("%1, %2").arg(word, note));
    }
}

void OverviewPage::showKpi(std::size_t index)
{
    KpiView view = m_model.kpi(index);
    view.staleNote = staleNote();
    m_tiles[index]->setView(view);
}

void OverviewPage::showChart(std::size_t index)
{
    OverviewChart chart = m_model.chart(index);
    ChartPanel& panel = m_charts[index];
    panel.card->setTitle(chart.title);
    panel.card->setFact(chart.fact);
    panel.chart->setTitle(chart.title);
    panel.chart->setUnit(chart.unit);
    panel.chart->setLines(std::move(chart.lines));
    panel.states->setState(chart.state);
}

void OverviewPage::showHealth()
{
    const auto& health = m_model.health();
    if (health) {
        m_health->setRows(healthRows(*health, m_context.clock.now()));
        showChip();
    }
    m_health->setState(m_model.healthState());
    const QString sentence = shiftSentence(health, m_model.targets());
    m_sentence->setText(sentence);
    Q_EMIT badgeChanged(
        health ? static_cast<int>(std::ranges::count_if(
                     health->components,
                     [](const auto& component) {
                         return component.state >= system::HealthState::Degraded;
                     }))
               : 0);
}

void OverviewPage::showTargets()
{
    const auto& targets = m_model.targets();
    m_targets->setRows(targetRows(targets, m_context.clock.now()));
    m_targets->setState(m_model.targetsState());
    const auto up =
        std::ranges::count(targets, metrics::TargetHealth::Up, &metrics::Target::health);
    m_targetsCard->setFact(
        targets.empty() ? QString() : tr("%1 of %2 up").arg(up).arg(targets.size()));
    m_store->setText(m_model.store() ? storeSentence(*m_model.store()) : QString());
    m_sentence->setText(shiftSentence(m_model.health(), targets));
}

} // namespace pilothouse::ui
