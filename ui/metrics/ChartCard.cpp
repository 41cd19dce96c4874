// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/ChartCard.h"

#include "ui/charts/TimeSeriesChart.h"
#include "ui/components/Button.h"
#include "ui/metrics/ExpressionShape.h"
#include "ui/metrics/PromText.h"

#include <QActionGroup>
#include <QMenu>
#include <QVBoxLayout>

namespace pilothouse::ui {

ChartCard::ChartCard(const Theme& theme, ChartGroup& group, QWidget* parent)
    : Card(theme, QStringLiteral(" "), parent),
      m_chart(new TimeSeriesChart(theme, group, this)),
      m_states(new StateView(theme, m_chart, this)),
      m_more(Button::iconOnly(
          theme, tr("Group, compare and scale"), QStringLiteral("sliders-horizontal"), this))
{
    auto* edit = Button::iconOnly(theme, tr("Edit expression"), QStringLiteral("pencil"), this);
    auto* remove = Button::iconOnly(theme, tr("Remove chart"), QStringLiteral("x"), this);
    addControl(m_more);
    addControl(edit);
    addControl(remove);
    body()->addWidget(m_states, 1);
    setMinimumHeight(theme.px(230));
    connect(m_more, &QPushButton::clicked, this, &ChartCard::openMenu);
    connect(edit, &QPushButton::clicked, this, &ChartCard::editRequested);
    connect(remove, &QPushButton::clicked, this, &ChartCard::removeRequested);
    connect(m_chart, &TimeSeriesChart::logScaleChanged, this, &ChartCard::logScaleChosen);
}

void ChartCard::setExpression(const QString& expression)
{
    if (expression != title()) {
        setTitle(expression);
        m_chart->setTitle(expression);
        m_chart->setUnit(unitOfExpression(expression));
    }
}

QMenu* ChartCard::openMenu()
{
    const ChartOptions options = m_options ? m_options() : ChartOptions();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    addAggregations(*menu);
    addGrouping(*menu, options.labels);
    menu->addSeparator();
    const auto addSwitch = [&](const QString& title, bool on, auto signal) {
        QAction* action = menu->addAction(title);
        action->setCheckable(true);
        action->setChecked(on);
        connect(action, &QAction::toggled, this, signal);
    };
    addSwitch(
        tr("Compare with the period before"), options.isCompared, &ChartCard::comparisonChosen);
    addSwitch(tr("Logarithmic scale"), options.isLog, &ChartCard::logScaleChosen);
    menu->addSeparator();
    menu->addAction(tr("Open in its own window\tCtrl+Shift+D"), this, &ChartCard::tearOffRequested);
    menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height())));
    return menu;
}

void ChartCard::addAggregations(QMenu& menu)
{
    const ExpressionShape shape = shapeOf(expression());
    QMenu* sub = menu.addMenu(tr("Aggregate"));
    // A percentile is put together from buckets: it has its aggregation.
    sub->setEnabled(shape.quantile.isEmpty());
    auto* group = new QActionGroup(sub);
    const auto add = [&](const QString& title, const QString& aggregation) {
        QAction* action = sub->addAction(title);
        action->setCheckable(true);
        action->setChecked(aggregation == shape.aggregation);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, shape, aggregation] {
            ExpressionShape wanted = shape;
            wanted.aggregation = aggregation;
            if (aggregation.isEmpty()) {
                wanted.by.clear();
            }
            Q_EMIT expressionChosen(toExpression(wanted));
        });
    };
    add(tr("Every series"), {});
    for (const QString& aggregation : aggregations()) {
        add(aggregation, aggregation);
    }
}

void ChartCard::addGrouping(QMenu& menu, const QStringList& labels)
{
    const ExpressionShape shape = shapeOf(expression());
    QMenu* sub = menu.addMenu(tr("Group by"));
    QStringList offered = labels;
    for (const QString& label : shape.by) {
        if (!offered.contains(label)) {
            offered << label;
        }
    }
    sub->setEnabled(!offered.isEmpty());
    for (const QString& label : offered) {
        QAction* action = sub->addAction(label);
        action->setCheckable(true);
        action->setChecked(shape.by.contains(label));
        connect(action, &QAction::toggled, this, [this, shape, label](bool on) {
            ExpressionShape wanted = shape;
            if (wanted.quantile.isEmpty() && wanted.aggregation.isEmpty()) {
                wanted.aggregation = QStringLiteral("sum");
            }
            on ? wanted.by.append(label) : static_cast<void>(wanted.by.removeAll(label));
            Q_EMIT expressionChosen(toExpression(wanted));
        });
    }
}

} // namespace pilothouse::ui
