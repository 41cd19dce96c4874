// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/MetricsPage.h"

#include "shared/client/MetricsClient.h"
#include "ui/charts/ChartCanvas.h"
#include "ui/charts/TimeSeriesChart.h"
#include "ui/components/ChildWidgets.h"
#include "ui/components/SearchField.h"
#include "ui/components/TextLabel.h"
#include "ui/metrics/ChartCard.h"
#include "ui/metrics/CrosshairTable.h"
#include "ui/metrics/ExpressionField.h"
#include "ui/metrics/MetricTreeView.h"
#include "ui/shell/CommandIds.h"
#include "ui/shell/CommandRegistry.h"

#include <QApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

namespace pilothouse::ui {

MetricsPage::MetricsPage(const PageContext& context, QWidget* parent)
    : Page(parent),
      m_context(context),
      m_model(context.session.metrics(), context.time),
      m_group(context.time)
{
    const Theme& theme = context.theme;
    m_columns = new QSplitter(Qt::Horizontal, this);
    m_columns->setChildrenCollapsible(false);
    m_metrics = buildTree();
    m_columns->addWidget(m_metrics);
    m_columns->addWidget(buildCharts());
    m_columns->setStretchFactor(1, 1);
    m_columns->setSizes({theme.px(380), theme.px(840)});
    auto* layout = new QVBoxLayout(this);
    const int margin = theme.px(space::kXl);
    layout->setContentsMargins(margin, theme.px(space::kXs), margin, theme.px(space::kL));
    layout->addWidget(m_columns);
    bind();
    showCharts();
    showTree();
}

MetricsPage::~MetricsPage()
{
    deleteChildWidgets(this);
}

QWidget* MetricsPage::buildTree()
{
    const Theme& theme = m_context.theme;
    auto* card = new Card(theme, tr("Metrics"), this);
    card->setMinimumWidth(theme.px(220));
    m_search = new SearchField(theme, tr("Search metrics"), card);
    m_tree = new MetricTreeView(theme, m_renderer, card);
    m_tree->setMetrics(&m_model.tree());
    m_treeStates = new StateView(theme, m_tree, card);
    m_treeFact = new TextLabel(theme, TypeRole::Label, {}, card);
    m_treeFact->setElided(true);
    card->body()->addWidget(m_search);
    card->body()->addWidget(m_treeStates, 1);
    card->body()->addWidget(m_treeFact);
    return card;
}

QWidget* MetricsPage::buildCharts()
{
    const Theme& theme = m_context.theme;
    auto* side = new QWidget(this);
    auto* stack = new QWidget;
    m_stack = new QVBoxLayout(stack);
    m_stack->setContentsMargins(0, 0, 0, 0);
    m_stack->setSpacing(theme.px(space::kM));
    m_scroll = new QScrollArea(side);
    m_scroll->setWidget(stack);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    stack->setAutoFillBackground(false);
    m_scroll->viewport()->setAutoFillBackground(false);
    m_stackStates = new StateView(theme, m_scroll, side);
    auto* drawer = new Card(theme, {}, side);
    m_values = new CrosshairTable(
        theme,
        m_group,
        [this] {
            std::vector<const TimeSeriesChart*> charts;
            charts.reserve(m_cards.size());
            for (ChartCard* card : m_cards) {
                charts.push_back(&card->chart());
            }
            return charts;
        },
        drawer);
    drawer->body()->addWidget(m_values, 1);
    m_rows = new QSplitter(Qt::Vertical, side);
    m_rows->addWidget(m_stackStates);
    m_drawer = drawer;
    m_rows->addWidget(drawer);
    m_rows->setStretchFactor(0, 1);
    m_rows->setSizes({theme.px(500), theme.px(210)});
    m_expression = new ExpressionField(theme, side);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(theme.px(space::kXs), 0, 0, 0);
    layout->setSpacing(theme.px(space::kM));
    layout->addWidget(m_expression);
    layout->addWidget(m_rows, 1);
    return side;
}

void MetricsPage::bind()
{
    connect(m_search, &SearchField::searched, &m_model, &MetricsViewModel::search);
    connect(m_tree, &MetricTreeView::chosen, this, &MetricsPage::draw);
    connect(m_tree, &MetricTreeView::pinToggled, this, [this](const QModelIndex& index) {
        m_model.tree().togglePin(index);
    });
    connect(m_treeStates, &StateView::actionTriggered, this, [this] {
        if (m_treeStates->state().kind == DataState::Kind::FilteredEmpty) {
            m_search->clear();
        }
        m_model.search(m_search->text());
    });
    connect(m_expression, &ExpressionField::submitted, this, &MetricsPage::draw);
    connect(&m_model, &MetricsViewModel::chartsChanged, this, &MetricsPage::showCharts);
    connect(&m_model, &MetricsViewModel::chartChanged, this, &MetricsPage::showChart);
    connect(&m_model, &MetricsViewModel::treeChanged, this, &MetricsPage::showTree);
    connect(&m_model, &MetricsViewModel::treeAdvanced, this, [this] {
        Q_EMIT liveDataChanged(m_model.seriesShown(), 1, m_model.dropped());
    });
    connect(&m_model, &MetricsViewModel::advanced, &m_group, &ChartGroup::advanceTo);
    connect(&m_context.session, &Session::statusChanged, this, &MetricsPage::showFreshness);
    const auto followSettings = [this] {
        m_group.setUtc(m_context.settings.timeDisplay() == TimeDisplay::Utc);
    };
    connect(&m_context.settings, &Settings::changed, this, followSettings);
    followSettings();
}

void MetricsPage::draw(const QString& expression)
{
    const int chart = m_model.addChart(expression);
    m_expression->setExpression(expression);
    if (chart < 0) {
        m_expression->setError(tr("There are %1 charts already: remove one first.")
                                   .arg(MetricsViewModel::kMostCharts));
        return;
    }
    m_scroll->ensureWidgetVisible(m_cards[static_cast<std::size_t>(chart)]);
    showChart(chart);
    Q_EMIT objectChanged();
}

void MetricsPage::showCharts()
{
    while (static_cast<int>(m_cards.size()) > m_model.chartCount()) {
        m_cards.back()->hide();
        m_cards.back()->deleteLater();
        m_cards.pop_back();
    }
    while (static_cast<int>(m_cards.size()) < m_model.chartCount()) {
        m_cards.push_back(makeCard());
    }
    for (int chart = 0; chart < m_model.chartCount(); ++chart) {
        showChart(chart);
    }
    m_stackStates->setState(
        m_cards.empty()
            ? DataState{DataState::Kind::Empty, tr("Choose a metric at the left (Enter), or write an expression above."), {}, {}}
            : DataState::live());
    m_values->invalidate();
    Q_EMIT objectChanged();
}

ChartCard* MetricsPage::makeCard()
{
    auto* card = new ChartCard(m_context.theme, m_group, m_scroll->widget());
    m_stack->addWidget(card, 1);
    const auto place = [this, card] {
        return static_cast<int>(std::ranges::find(m_cards, card) - m_cards.begin());
    };
    card->setOptionsSource([this, place] {
        return ChartOptions{
            m_model.isLogScale(place()), m_model.isCompared(place()), m_model.labelNames(place())};
    });
    connect(card, &ChartCard::removeRequested, this, [this, place] {
        m_model.removeChart(place());
        m_expression->edit().setFocus();
    });
    connect(card, &ChartCard::editRequested, this, [this, card] {
        m_expression->setExpression(card->expression());
        m_expression->edit().setFocus();
    });
    connect(card, &ChartCard::expressionChosen, this, [this, place](const QString& expression) {
        m_model.replaceChart(place(), expression);
    });
    connect(card, &ChartCard::logScaleChosen, this, [this, place](bool log) {
        m_model.setLogScale(place(), log);
    });
    connect(card, &ChartCard::comparisonChosen, this, [this, place](bool compared) {
        m_model.setCompared(place(), compared);
    });
    connect(card, &ChartCard::tearOffRequested, this, [this, card] {
        if (m_context.commands != nullptr) {
            m_tearingOff = card->expression();
            m_context.commands->run(command::kTearOff);
            m_tearingOff.clear();
        }
    });
    connect(&card->states(), &StateView::actionTriggered, this, [this, card] {
        m_model.addChart(card->expression());
    });
    return card;
}

void MetricsPage::showChart(int chart)
{
    ChartCard& card = *m_cards[static_cast<std::size_t>(chart)];
    card.setExpression(m_model.expression(chart));
    card.chart().setLogScale(m_model.isLogScale(chart));
    card.chart().setLines(m_model.lines(chart));
    card.chart().setPrevious(m_model.previousLines(chart), m_model.previousName(chart));
    card.states().setState(m_model.chartState(chart));
    const QString error = m_model.chartError(chart);
    if (m_expression->expression() == m_model.expression(chart)) {
        m_expression->setError(error);
    }
    m_values->invalidate();
}

void MetricsPage::showTree()
{
    m_treeStates->setState(m_model.treeState());
    m_treeFact->setText(m_model.treeFact());
}

void MetricsPage::showFreshness()
{
    const Session& session = m_context.session;
    QString note;
    if (!session.isFresh() && session.freshUntil() != absl::InfinitePast()) {
        note = tr("as of %1")
                   .arg(formatClock(absl::ToUnixMillis(session.freshUntil()), m_group.isUtc()));
    }
    for (ChartCard* card : m_cards) {
        card->states().setStaleNote(note);
    }
    m_treeStates->setStaleNote(note);
    m_values->table().setStaleNote(note);
}

std::vector<Command> MetricsPage::commands()
{
    Command write;
    write.id = QStringLiteral("metrics.expression");
    write.title = tr("Write a PromQL expression");
    write.icon = QStringLiteral("terminal");
    write.section = QStringLiteral("Actions");
    write.run = [this] { m_expression->edit().setFocus(); };
    Command clear;
    clear.id = QStringLiteral("metrics.clear");
    clear.title = tr("Remove all charts");
    clear.icon = QStringLiteral("trash-2");
    clear.section = QStringLiteral("Actions");
    clear.disabledReason = [this] {
        return m_model.chartCount() == 0 ? tr("There is no chart.") : QString();
    };
    clear.run = [this] { m_model.setCharts({}); };
    return {write, clear};
}

QString MetricsPage::object() const
{
    return m_model.chartCount() > 0 ? m_model.expression(m_model.chartCount() - 1) : QString();
}

void MetricsPage::openObject(const QString& object)
{
    if (object.isEmpty()) {
        return;
    }
    draw(object);
    if (m_context.isTornOff) {
        showChartsAlone();
    }
}

QString MetricsPage::tornOffObject() const
{
    if (!m_tearingOff.isEmpty()) {
        return m_tearingOff;
    }
    const QWidget* focus = QApplication::focusWidget();
    for (const ChartCard* card : m_cards) {
        if (focus != nullptr && card->isAncestorOf(focus)) {
            return card->expression();
        }
    }
    return object();
}

void MetricsPage::showChartsAlone()
{
    m_metrics->hide();
    m_drawer->hide();
    m_expression->hide();
}

void MetricsPage::setShown(bool shown)
{
    if (shown) {
        m_model.open();
        showFreshness();
    } else {
        m_model.close();
    }
}

void MetricsPage::refresh()
{
    m_model.close();
    m_model.open();
}

bool MetricsPage::focusFilter()
{
    m_search->setFocus();
    m_search->selectAll();
    return true;
}

QWidget* MetricsPage::initialFocus()
{
    return m_metrics->isHidden() && !m_cards.empty() ? &m_cards.front()->chart().canvas()
                                                     : static_cast<QWidget*>(m_search);
}

QByteArray MetricsPage::saveLayout() const
{
    const auto text = [](const QByteArray& bytes) { return QString::fromLatin1(bytes.toBase64()); };
    QJsonObject layout;
    layout.insert(QStringLiteral("columns"), text(m_columns->saveState()));
    layout.insert(QStringLiteral("rows"), text(m_rows->saveState()));
    layout.insert(QStringLiteral("values"), text(m_values->table().saveLayout()));
    QJsonArray charts;
    for (int chart = 0; chart < m_model.chartCount(); ++chart) {
        charts.append(QJsonObject{
            {QStringLiteral("expression"), m_model.expression(chart)},
            {QStringLiteral("log"), m_model.isLogScale(chart)},
            {QStringLiteral("compared"), m_model.isCompared(chart)}});
    }
    layout.insert(QStringLiteral("charts"), charts);
    layout.insert(
        QStringLiteral("pins"),
        QJsonArray::fromStringList(const_cast<MetricsViewModel&>(m_model).tree().pins()));
    return QJsonDocument(layout).toJson(QJsonDocument::Compact);
}

void MetricsPage::restoreLayout(const QByteArray& layout)
{
    const QJsonObject object = QJsonDocument::fromJson(layout).object();
    const auto bytes = [&](const char* key) {
        return QByteArray::fromBase64(object.value(QLatin1String(key)).toString().toLatin1());
    };
    const auto strings = [&](const char* key) {
        QStringList result;
        for (const auto& value : object.value(QLatin1String(key)).toArray()) {
            result << value.toString();
        }
        return result;
    };
    m_columns->restoreState(bytes("columns"));
    m_rows->restoreState(bytes("rows"));
    m_values->table().restoreLayout(bytes("values"));
    m_model.tree().setPins(strings("pins"));
    if (m_model.chartCount() > 0) {
        return;
    }
    for (const auto& value : object.value(QLatin1String("charts")).toArray()) {
        const QJsonObject chart = value.toObject();
        const int place = m_model.addChart(chart.value(QLatin1String("expression")).toString());
        if (place >= 0) {
            m_model.setLogScale(place, chart.value(QLatin1String("log")).toBool());
            m_model.setCompared(place, chart.value(QLatin1String("compared")).toBool());
        }
    }
}

} // namespace pilothouse::ui
