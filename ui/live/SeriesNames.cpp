// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live/SeriesNames.h"

#include <algorithm>

namespace pilothouse::ui {

QStringList seriesNames(const metrics::Matrix& series, const QString& fallback)
{
    QStringList names;
    for (const metrics::SeriesPoints& one : series) {
        QStringList parts;
        for (const auto& [name, value] : one.labels.pairs()) {
            const bool shared = std::ranges::all_of(
                series, [&](const auto& other) { return other.labels.get(name) == value; });
            if (!shared) {
                const QString text = QString::fromStdString(value);
                parts
                    << (name == metrics::kMetricName
                            ? text
                            : QString(QString::fromStdString(name) + QLatin1Char('=') + text));
            }
        }
        names << (parts.isEmpty() ? fallback : parts.join(QStringLiteral(", ")));
    }
    return names;
}

std::vector<ChartLine> toChartLines(
    const metrics::Matrix& series, const QString& fallback, SeriesColors& colors)
{
    const QStringList names = seriesNames(series, fallback);
    QStringList ids;
    for (const metrics::SeriesPoints& one : series) {
        ids << fallback + QLatin1Char(' ') + QString::fromStdString(one.labels.toString());
    }
    const QList<int> picked = colors.assign(ids);
    std::vector<ChartLine> lines;
    lines.reserve(series.size());
    for (std::size_t at = 0; at < series.size(); ++at) {
        const auto place = static_cast<qsizetype>(at);
        lines.push_back(
            {ids[place], names[place], series[at].times, series[at].values, picked[place]});
    }
    return lines;
}

} // namespace pilothouse::ui
