// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/Sparkline.h"

#include "ui/components/SparklineRenderer.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

Sparkline::Sparkline(const Theme& theme, SparklineRenderer& renderer, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_renderer(renderer)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        render();
    });
}

void Sparkline::setValues(const QString& label, std::vector<double> values, Unit unit)
{
    if (values.size() > kMostPoints) {
        values.erase(values.begin(), values.end() - static_cast<std::ptrdiff_t>(kMostPoints));
    }
    m_values = std::move(values);
    setAccessibleName(label);
    setAccessibleDescription(describeSparkline(label, m_values, unit));
    render();
}

void Sparkline::setSeriesColor(int index)
{
    m_color = index;
    render();
}

QSize Sparkline::sizeHint() const
{
    return {m_theme.px(120), m_theme.px(32)};
}

void Sparkline::paintEvent(QPaintEvent*)
{
    if (!m_image.isNull()) {
        QPainter(this).drawImage(0, 0, m_image);
    }
}

void Sparkline::resizeEvent(QResizeEvent*)
{
    render();
}

void Sparkline::showEvent(QShowEvent*)
{
    render();
}

void Sparkline::render()
{
    if (!isVisible()) {
        return;
    }
    const QColor line = m_theme.seriesColor(m_color);
    QColor fill = line;
    fill.setAlphaF(m_theme.isDark() ? 0.18F : 0.14F);
    m_renderer.request(
        this, 0, {m_values, size(), devicePixelRatioF(), line, fill}, [this](const QImage& image) {
            m_image = image;
            update();
        });
}

QString describeSparkline(const QString& label, const std::vector<double>& values, Unit unit)
{
    std::vector<double> known;
    std::ranges::copy_if(
        values, std::back_inserter(known), [](double value) { return std::isfinite(value); });
    if (known.empty()) {
        return Sparkline::tr("%1, no data").arg(label);
    }
    const auto [low, high] = std::ranges::minmax(known);
    const std::size_t third = std::max<std::size_t>(1, known.size() / 3);
    double before = 0;
    double after = 0;
    for (std::size_t index = 0; index < third; ++index) {
        before += known[index];
        after += known[known.size() - 1 - index];
    }
    const double change = (after - before) / static_cast<double>(third);
    // Less than a tenth of the whole movement is no trend.
    QString trend = Sparkline::tr("steady");
    if (std::abs(change) > (high - low) * 0.1 && high > low) {
        trend = change > 0 ? Sparkline::tr("rising") : Sparkline::tr("falling");
    }
    return Sparkline::tr("%1, now %2, lowest %3, highest %4, %5")
        .arg(
            label,
            formatValue(known.back(), unit).text(),
            formatValue(low, unit).text(),
            formatValue(high, unit).text(),
            trend);
}

} // namespace pilothouse::ui
