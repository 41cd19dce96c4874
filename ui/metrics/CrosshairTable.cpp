// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/CrosshairTable.h"

#include "ui/charts/ChartGroup.h"
#include "ui/charts/PixelColumns.h"
#include "ui/charts/TimeSeriesChart.h"
#include "ui/components/TextLabel.h"

#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

struct Extent
{
    double least = INFINITY;
    double greatest = -INFINITY;
};

Extent extentOf(const ChartLine& line)
{
    Extent extent;
    for (const double value : line.values) {
        if (std::isfinite(value)) {
            extent.least = std::min(extent.least, value);
            extent.greatest = std::max(extent.greatest, value);
        }
    }
    return extent;
}

TableCell number(double value, Unit unit)
{
    const double key = std::isfinite(value) ? value : -INFINITY;
    return {formatValue(std::isinf(value) ? NAN : value, unit).text(), key, {}, {}, {}};
}

} // namespace

CrosshairTable::CrosshairTable(
    const Theme& theme, ChartGroup& group, Charts charts, QWidget* parent)
    : QWidget(parent),
      m_group(group),
      m_charts(std::move(charts)),
      m_when(new TextLabel(theme, TypeRole::Label, {}, this)),
      m_table(new DataTable(
          theme,
          tr("Values at crosshair"),
          {{QStringLiteral("series"), tr("Series"), 0},
           {QStringLiteral("value"), tr("Value"), 96, true},
           {QStringLiteral("least"), tr("Lowest"), 96, true},
           {QStringLiteral("greatest"), tr("Highest"), 96, true},
           {QStringLiteral("chart"), tr("Chart"), 260, false, true}},
          DataTable::Chrome::Full,
          this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme.px(space::kXs));
    layout->addWidget(m_when);
    layout->addWidget(m_table, 1);
    m_table->setState({DataState::Kind::Empty, tr("No chart yet."), {}, {}});
    m_pause.setSingleShot(true);
    m_pause.setInterval(kEveryMs);
    connect(&m_pause, &QTimer::timeout, this, &CrosshairTable::fill);
    connect(&group, &ChartGroup::crosshairChanged, this, &CrosshairTable::invalidate);
}

void CrosshairTable::invalidate()
{
    if (!m_pause.isActive()) {
        m_pause.start();
    }
}

void CrosshairTable::fill()
{
    if (!isVisible()) {
        return;
    }
    const auto crosshair = m_group.crosshair();
    const std::int64_t time = crosshair.value_or(m_group.to());
    m_when->setText(
        crosshair ? tr("At crosshair, %1").arg(formatClock(time, m_group.isUtc()))
                  : tr("Newest values, %1").arg(formatClock(time, m_group.isUtc())));
    std::vector<TableRow> rows;
    for (const TimeSeriesChart* chart : m_charts()) {
        const ChartContent& content = chart->content();
        for (const ChartLine& line : content.lines) {
            if (content.hidden.contains(line.id)) {
                continue;
            }
            const Extent extent = extentOf(line);
            const std::int64_t tolerance = crosshair ? usualStep(line.times) * 2
                                                     : std::numeric_limits<std::int64_t>::max() / 2;
            rows.push_back(
                {line.id,
                 {{line.name, {}, {}, {}, line.id},
                  number(valueAt(line, time, tolerance), content.unit),
                  number(extent.least, content.unit),
                  number(extent.greatest, content.unit),
                  {content.title, {}, {}, {}, content.title}}});
        }
    }
    const bool none = rows.empty();
    m_table->setRows(std::move(rows));
    m_table->setState(
        none ? DataState{DataState::Kind::Empty, tr("No chart yet."), {}, {}} : DataState::live());
}

} // namespace pilothouse::ui
