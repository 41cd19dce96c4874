// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live/SeriesNames.h"

#include <algorithm>
#include <set>
#include <string>

namespace pilothouse::ui {

QStringList seriesNames(const metrics::Matrix& series, const QString& fallback)
{
    std::vector<std::vector<metrics::Labels::Pair>> telling(series.size());
    std::set<std::string> keys;
    for (std::size_t at = 0; at < series.size(); ++at) {
        for (const metrics::Labels::Pair& label : series[at].labels.pairs()) {
            const bool shared = std::ranges::all_of(series, [&label](const auto& other) {
                return other.labels.get(label.first) == label.second;
            });
            if (!shared) {
                telling[at].push_back(label);
                keys.insert(label.first);
            }
        }
    }
    // Where one label alone tells them apart, its value says it.
    const bool bare = keys.size() == 1;
    QStringList names;
    for (const auto& pairs : telling) {
        QStringList parts;
        for (const auto& [name, value] : pairs) {
            const QString text = QString::fromStdString(value);
            parts
                << (bare || name == metrics::kMetricName
                        ? text
                        : QString(QString::fromStdString(name) + QLatin1Char('=') + text));
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
