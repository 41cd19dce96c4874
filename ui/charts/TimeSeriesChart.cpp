// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/TimeSeriesChart.h"

#include "ui/charts/ChartAccessible.h"
#include "ui/charts/ChartCanvas.h"
#include "ui/charts/ChartGroup.h"
#include "ui/charts/ChartLegend.h"
#include "ui/charts/ChartTable.h"
#include "ui/charts/ChartText.h"
#include "ui/charts/SeriesColors.h"
#include "ui/components/TextLabel.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QMenu>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace pilothouse::ui {

namespace {

double meanOf(const ChartLine& line)
{
    double sum = 0;
    int count = 0;
    for (const double value : line.values) {
        if (std::isfinite(value)) {
            sum += value;
            ++count;
        }
    }
    return count > 0 ? sum / count : -INFINITY;
}

/// There are as many colours as lines are drawn, but where there are more series than that some
/// share one: of the drawn ones the later moves to a free colour.
void separateColors(std::vector<ChartLine>& lines)
{
    std::array<bool, SeriesColors::kColors> taken{};
    for (ChartLine& line : lines) {
        for (int tried = 0; tried < SeriesColors::kColors; ++tried) {
            const int color = (line.color + tried) % SeriesColors::kColors;
            if (!taken[static_cast<std::size_t>(color)]) {
                taken[static_cast<std::size_t>(color)] = true;
                line.color = color;
                break;
            }
        }
    }
}

} // namespace

TimeSeriesChart::TimeSeriesChart(const Theme& theme, ChartGroup& group, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_group(group),
      m_legend(new ChartLegend(theme, this)),
      m_canvas(new ChartCanvas(theme, group, m_content, this)),
      m_table(new ChartTable(theme, this)),
      m_words(new TextLabel(theme, TypeRole::Label, Color::TextPrimary, {}, this))
{
    installChartAccessibility();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme.px(space::kXs));
    layout->addWidget(m_legend);
    layout->addWidget(m_canvas, 1);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_words);
    m_table->hide();
    m_words->hide();
    m_words->setWordWrap(true);
    m_words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    connect(m_legend, &ChartLegend::toggled, this, &TimeSeriesChart::setLineShown);
    connect(m_canvas, &ChartCanvas::describeRequested, this, [this] {
        m_words->setText(describe());
        m_words->setVisible(!m_words->isVisible());
    });
    connect(&group, &ChartGroup::rangeChanged, this, [this] {
        if (m_table->isVisible()) {
            m_table->show(m_content, m_group.from(), m_group.to(), m_group.isUtc());
        }
    });
}

void TimeSeriesChart::setTitle(const QString& title)
{
    m_content.title = title;
    m_canvas->setAccessibleName(title);
    m_table->setAccessibleName(tr("%1 as a table").arg(title));
    m_legend->setAccessibleName(tr("Lines of %1").arg(title));
}

void TimeSeriesChart::setUnit(Unit unit)
{
    m_content.unit = unit;
    update();
}

void TimeSeriesChart::choose(const std::vector<ChartLine>& lines)
{
    QStringList ids;
    for (const ChartLine& line : lines) {
        ids << line.id;
    }
    if (ids == m_known) {
        return;
    }
    m_known = ids;
    std::vector<std::size_t> order(lines.size());
    for (std::size_t at = 0; at < order.size(); ++at) {
        order[at] = at;
    }
    if (order.size() > kMostLines) {
        std::vector<double> means(lines.size());
        std::ranges::transform(lines, means.begin(), meanOf);
        std::ranges::stable_sort(
            order, [&](std::size_t left, std::size_t right) { return means[left] > means[right]; });
        order.resize(kMostLines);
        std::ranges::sort(order);
    }
    m_chosen.clear();
    for (const std::size_t at : order) {
        m_chosen << lines[at].id;
    }
}

void TimeSeriesChart::setLines(std::vector<ChartLine> lines)
{
    choose(lines);
    m_content.lines.clear();
    m_content.othersLeast = {};
    m_content.othersGreatest = {};
    m_content.others = 0;
    std::map<std::int64_t, std::pair<double, double>> band;
    for (ChartLine& line : lines) {
        if (m_chosen.contains(line.id)) {
            m_content.lines.push_back(std::move(line));
            continue;
        }
        ++m_content.others;
        for (std::size_t at = 0; at < line.times.size(); ++at) {
            const double value = line.values[at];
            if (std::isfinite(value)) {
                auto [entry, added] = band.try_emplace(line.times[at], value, value);
                entry->second.first = std::min(entry->second.first, value);
                entry->second.second = std::max(entry->second.second, value);
            }
        }
    }
    separateColors(m_content.lines);
    for (const auto& [time, range] : band) {
        m_content.othersLeast.times.push_back(time);
        m_content.othersLeast.values.push_back(range.first);
        m_content.othersGreatest.times.push_back(time);
        m_content.othersGreatest.values.push_back(range.second);
    }
    update();
}

void TimeSeriesChart::setThresholds(std::vector<ChartThreshold> thresholds)
{
    if (thresholds != m_content.thresholds) {
        m_content.thresholds = std::move(thresholds);
        update();
    }
}

void TimeSeriesChart::setAnnotations(std::vector<ChartAnnotation> annotations)
{
    if (annotations != m_content.annotations) {
        m_content.annotations = std::move(annotations);
        update();
    }
}

void TimeSeriesChart::setLogScale(bool log)
{
    if (log != m_content.isLog) {
        m_content.isLog = log;
        update();
    }
}

void TimeSeriesChart::setPrevious(std::vector<ChartLine> lines, const QString& name)
{
    if (lines.empty() && m_content.previous.empty()) {
        return;
    }
    m_content.previous = std::move(lines);
    m_content.previousName = m_content.previous.empty() ? QString() : name;
    update();
}

void TimeSeriesChart::setLineShown(const QString& id, bool shown)
{
    if (shown) {
        m_content.hidden.remove(id);
    } else {
        m_content.hidden.insert(id);
    }
    update();
}

void TimeSeriesChart::update()
{
    m_legend->show(m_content);
    m_canvas->invalidate();
    if (m_table->isVisible()) {
        m_table->show(m_content, m_group.from(), m_group.to(), m_group.isUtc());
    }
    if (m_words->isVisible()) {
        m_words->setText(describe());
    }
}

bool TimeSeriesChart::showsTable() const
{
    return !m_table->isHidden();
}

void TimeSeriesChart::setShowsTable(bool shown)
{
    m_canvas->setVisible(!shown);
    m_table->setVisible(shown);
    if (shown) {
        m_table->show(m_content, m_group.from(), m_group.to(), m_group.isUtc());
        m_table->setFocus();
    } else {
        m_canvas->setFocus();
    }
}

QString TimeSeriesChart::describe() const
{
    return m_canvas->description();
}

QString TimeSeriesChart::toCsv() const
{
    return chartToCsv(m_content, m_group.from(), m_group.to());
}

void TimeSeriesChart::copyCsv() const
{
    QGuiApplication::clipboard()->setText(toCsv());
}

void TimeSeriesChart::copyImage() const
{
    m_canvas->drawNow();
    QGuiApplication::clipboard()->setPixmap(m_canvas->picture());
}

void TimeSeriesChart::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(
        m_theme.icon(QStringLiteral("text")), tr("Describe in words\tAlt+D"), this, [this] {
            Q_EMIT m_canvas->describeRequested();
        });
    menu->addAction(
        m_theme.icon(QStringLiteral("table")),
        showsTable() ? tr("Show as chart") : tr("Show as table"),
        this,
        [this] { setShowsTable(!showsTable()); });
    QAction* log = menu->addAction(tr("Logarithmic scale"), this, [this](bool on) {
        setLogScale(on);
        Q_EMIT logScaleChanged(on);
    });
    log->setCheckable(true);
    log->setChecked(isLogScale());
    menu->addSeparator();
    menu->addAction(
        m_theme.icon(QStringLiteral("image")), tr("Copy image"), this, [this] { copyImage(); });
    menu->addAction(
        m_theme.icon(QStringLiteral("copy")), tr("Copy data as CSV"), this, [this] { copyCsv(); });
    menu->addSeparator();
    menu->addAction(m_theme.icon(QStringLiteral("zoom-out")), tr("Reset zoom\t0"), this, [this] {
        m_group.time().resetZoom();
    });
    menu->popup(event->globalPos());
}

} // namespace pilothouse::ui
