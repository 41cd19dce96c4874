// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartText.h"

#include <QCoreApplication>
#include <QDateTime>

#include <algorithm>
#include <cmath>
#include <map>

namespace pilothouse::ui {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ChartText", text);
}

struct Summary
{
    double newest = NAN;
    double least = INFINITY;
    double greatest = -INFINITY;
    double early = 0;
    double late = 0;
    int known = 0;
};

Summary summarize(const ChartLine& line, std::int64_t from, std::int64_t to)
{
    Summary summary;
    std::vector<double> values;
    for (std::size_t at = 0; at < line.times.size(); ++at) {
        if (line.times[at] >= from && line.times[at] <= to && std::isfinite(line.values[at])) {
            values.push_back(line.values[at]);
        }
    }
    summary.known = static_cast<int>(values.size());
    if (values.empty()) {
        return summary;
    }
    const auto [least, greatest] = std::ranges::minmax(values);
    summary.least = least;
    summary.greatest = greatest;
    summary.newest = values.back();
    const std::size_t third = std::max<std::size_t>(1, values.size() / 3);
    for (std::size_t at = 0; at < third; ++at) {
        summary.early += values[at] / static_cast<double>(third);
        summary.late += values[values.size() - 1 - at] / static_cast<double>(third);
    }
    return summary;
}

QString trendOf(const Summary& summary)
{
    const double change = summary.late - summary.early;
    if (std::abs(change) <= (summary.greatest - summary.least) * 0.1) {
        return tr("steady");
    }
    return change > 0 ? tr("rising") : tr("falling");
}

QString quoted(const QString& field)
{
    if (!field.contains(QLatin1Char(',')) && !field.contains(QLatin1Char('"')) &&
        !field.contains(QLatin1Char('\n'))) {
        return field;
    }
    QString escaped = field;
    escaped.replace(QLatin1Char('"'), QLatin1String("\"\""));
    return QLatin1Char('"') + escaped + QLatin1Char('"');
}

} // namespace

QString describeChart(const ChartContent& content, std::int64_t from, std::int64_t to, bool utc)
{
    QStringList parts;
    parts << tr("%1, %2 to %3 %4.")
                 .arg(
                     content.title,
                     formatClock(from, utc),
                     formatClock(to, utc),
                     utc ? tr("UTC") : tr("local time"));
    for (const ChartLine& line : content.lines) {
        if (content.hidden.contains(line.id)) {
            continue;
        }
        const Summary summary = summarize(line, from, to);
        if (summary.known == 0) {
            parts << tr("%1: no data.").arg(line.name);
            continue;
        }
        parts << tr("%1: now %2, lowest %3, highest %4, %5.")
                     .arg(
                         line.name,
                         formatValue(summary.newest, content.unit).text(),
                         formatValue(summary.least, content.unit).text(),
                         formatValue(summary.greatest, content.unit).text(),
                         trendOf(summary));
        if (const ChartLine* before = content.previousOf(line.id)) {
            const Summary earlier = summarize(*before, from, to);
            parts
                << (earlier.known == 0
                        ? tr("%1: no data.").arg(content.previousName)
                        : tr("%1: lowest %2, highest %3.")
                              .arg(
                                  content.previousName,
                                  formatValue(earlier.least, content.unit).text(),
                                  formatValue(earlier.greatest, content.unit).text()));
        }
        for (const ChartThreshold& threshold : content.thresholds) {
            if (summary.newest > threshold.value) {
                parts << tr("%1 is above the %2 line at %3.")
                             .arg(
                                 line.name,
                                 threshold.name,
                                 formatValue(threshold.value, content.unit).text());
            }
        }
    }
    if (content.lines.empty()) {
        parts << tr("No series.");
    }
    if (content.isLog) {
        parts << tr("The scale is logarithmic.");
    }
    if (content.others > 0) {
        parts << tr("%1 further series are shown as one band.").arg(content.others);
    }
    return parts.join(QLatin1Char(' '));
}

QString chartToCsv(const ChartContent& content, std::int64_t from, std::int64_t to)
{
    std::map<std::int64_t, std::vector<double>> rows;
    std::vector<const ChartLine*> lines;
    QStringList names;
    for (const ChartLine& line : content.lines) {
        if (content.hidden.contains(line.id)) {
            continue;
        }
        lines.push_back(&line);
        names << line.name;
        if (const ChartLine* before = content.previousOf(line.id)) {
            lines.push_back(before);
            names << QStringLiteral("%1, %2").arg(line.name, content.previousName);
        }
    }
    QString csv = QStringLiteral("time");
    for (std::size_t column = 0; column < lines.size(); ++column) {
        const ChartLine& line = *lines[column];
        csv += QLatin1Char(',') + quoted(names[static_cast<qsizetype>(column)]);
        for (std::size_t at = 0; at < line.times.size(); ++at) {
            if (line.times[at] >= from && line.times[at] <= to) {
                auto& row = rows[line.times[at]];
                row.resize(lines.size(), NAN);
                row[column] = line.values[at];
            }
        }
    }
    csv += QLatin1Char('\n');
    for (const auto& [time, values] : rows) {
        csv += QDateTime::fromMSecsSinceEpoch(time, Qt::UTC).toString(Qt::ISODateWithMs);
        for (const double value : values) {
            csv += QLatin1Char(',');
            if (std::isfinite(value)) {
                csv += QString::number(value, 'g', 17);
            }
        }
        csv += QLatin1Char('\n');
    }
    return csv;
}

} // namespace pilothouse::ui
