// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/ChartCard.h"

#include "ui/charts/TimeSeriesChart.h"
#include "ui/components/Button.h"
#include "ui/metrics/PromText.h"

#include <QVBoxLayout>

namespace pilothouse::ui {

ChartCard::ChartCard(const Theme& theme, ChartGroup& group, QWidget* parent)
    : Card(theme, QStringLiteral(" "), parent),
      m_chart(new TimeSeriesChart(theme, group, this)),
      m_states(new StateView(theme, m_chart, this))
{
    auto* edit = Button::iconOnly(theme, tr("Edit expression"), QStringLiteral("pencil"), this);
    auto* remove = Button::iconOnly(theme, tr("Remove chart"), QStringLiteral("x"), this);
    addControl(edit);
    addControl(remove);
    body()->addWidget(m_states, 1);
    setMinimumHeight(theme.px(230));
    connect(edit, &QPushButton::clicked, this, &ChartCard::editRequested);
    connect(remove, &QPushButton::clicked, this, &ChartCard::removeRequested);
}

void ChartCard::setExpression(const QString& expression)
{
    if (expression != title()) {
        setTitle(expression);
        m_chart->setTitle(expression);
        m_chart->setUnit(unitOfExpression(expression));
    }
}

} // namespace pilothouse::ui
