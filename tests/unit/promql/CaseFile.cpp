// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/promql/CaseFile.h"

#include "shared/metrics/promql/Parser.h"
#include "shared/metrics/promql/Text.h"

#include <QFile>
#include <QRegularExpression>
#include <QStringList>

#include <cmath>
#include <optional>

namespace pilothouse::test {

namespace {

using metrics::Labels;

[[noreturn]] void bad(int line, const QString& text)
{
    qFatal("case file line %d: cannot read: %s", line, qPrintable(text));
}

std::optional<double> valueOf(const QString& word)
{
    if (word == QLatin1String("stale")) {
        return metrics::staleMarker();
    }
    if (word == QLatin1String("NaN")) {
        return NAN;
    }
    if (word == QLatin1String("Inf") || word == QLatin1String("-Inf")) {
        return word.startsWith(QLatin1Char('-')) ? -INFINITY : INFINITY;
    }
    bool ok = false;
    const double value = word.toDouble(&ok);
    return ok ? std::optional<double>(value) : std::nullopt;
}

/// "1 _ 2+3x4" as values; nullopt = no sample.
std::vector<std::optional<double>> valuesOf(const QString& text, int line)
{
    static const QRegularExpression kRun(
        QStringLiteral("^(-?[0-9.]+|_)(?:([+-][0-9.]+))?x([0-9]+)$"));
    std::vector<std::optional<double>> values;
    for (const auto& word : text.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const auto run = kRun.match(word);
        if (word == QLatin1String("_")) {
            values.emplace_back();
        } else if (run.hasMatch()) {
            const bool isGap = run.captured(1) == QLatin1String("_");
            const double first = run.captured(1).toDouble();
            const double increment = run.captured(2).toDouble();
            const int count = run.captured(3).toInt();
            for (int index = isGap ? 1 : 0; index <= count; ++index) {
                values.push_back(
                    isGap ? std::nullopt : std::optional<double>(first + increment * index));
            }
        } else if (const auto value = valueOf(word)) {
            values.push_back(value);
        } else {
            bad(line, word);
        }
    }
    return values;
}

std::int64_t millisecondsOf(const QString& text, int line)
{
    const auto parsed = metrics::promql::parseDuration(text.toStdString());
    if (!parsed.ok()) {
        bad(line, text);
    }
    return *parsed;
}

/// Splits `name{…} values`; the values begin after the brace, or after the name.
std::pair<Labels, QString> seriesOf(const QString& text, int line)
{
    const auto brace = text.lastIndexOf(QLatin1Char('}'));
    const auto split = brace >= 0 ? brace + 1 : text.indexOf(QLatin1Char(' '));
    const QString selector = text.left(split);
    std::vector<Labels::Pair> pairs;
    if (selector != QLatin1String("{}")) {
        const auto matchers = metrics::promql::parseSelector(selector.toStdString());
        if (!matchers.ok()) {
            bad(line, selector);
        }
        for (const auto& matcher : *matchers) {
            pairs.emplace_back(matcher.name, matcher.value);
        }
    }
    return {Labels(std::move(pairs)), text.mid(split)};
}

class Reader
{
public:
    std::vector<Case> read(const QString& text)
    {
        const auto lines = text.split(QLatin1Char('\n'));
        for (int index = 0; index < lines.size(); ++index) {
            m_line = index + 1;
            const QString& line = lines[index];
            if (line.trimmed().isEmpty() || line.startsWith(QLatin1Char('#'))) {
                continue;
            }
            if (line.startsWith(QLatin1Char(' '))) {
                indented(line.trimmed());
            } else {
                heading(line);
            }
        }
        return std::move(m_cases);
    }

private:
    void heading(const QString& line)
    {
        static const QRegularExpression kSeries(QStringLiteral("^series every (\\S+)$"));
        static const QRegularExpression kAt(QStringLiteral("^at (\\S+)( in order)?: (.*)$"));
        static const QRegularExpression kFrom(
            QStringLiteral("^from (\\S+) to (\\S+) every (\\S+): (.*)$"));
        if (const auto match = kSeries.match(line); match.hasMatch()) {
            m_interval = millisecondsOf(match.captured(1), m_line);
            m_source = std::make_shared<metrics::promql::RecordedSource>();
            m_isInSeries = true;
            return;
        }
        m_isInSeries = false;
        Case next;
        next.line = m_line;
        next.source = m_source;
        if (const auto match = kAt.match(line); match.hasMatch()) {
            next.start = millisecondsOf(match.captured(1), m_line);
            next.isOrdered = !match.captured(2).isEmpty();
            next.query = match.captured(3).toStdString();
        } else if (const auto range = kFrom.match(line); range.hasMatch()) {
            next.start = millisecondsOf(range.captured(1), m_line);
            next.end = millisecondsOf(range.captured(2), m_line);
            next.step = millisecondsOf(range.captured(3), m_line);
            next.query = range.captured(4).toStdString();
        } else {
            bad(m_line, line);
        }
        m_cases.push_back(std::move(next));
    }

    void indented(const QString& line)
    {
        if (m_isInSeries) {
            load(line);
            return;
        }
        Case& current = m_cases.back();
        if (line.startsWith(QLatin1String("fails: "))) {
            current.failure = line.mid(7).toStdString();
        } else if (
            line.startsWith(QLatin1String("scalar ")) ||
            line.startsWith(QLatin1String("string "))) {
            current.plain = line.toStdString();
        } else {
            expect(current, line);
        }
    }

    void load(const QString& line)
    {
        const auto [labels, text] = seriesOf(line, m_line);
        metrics::TimestampMs time = 0;
        for (const auto& value : valuesOf(text, m_line)) {
            if (value) {
                m_source->append(labels, metrics::Sample{time, *value});
            }
            time += m_interval;
        }
    }

    void expect(Case& current, const QString& line) const
    {
        const auto [labels, text] = seriesOf(line, m_line);
        metrics::SeriesPoints points;
        points.labels = labels;
        metrics::TimestampMs time = current.start;
        for (const auto& value : valuesOf(text, m_line)) {
            if (value) {
                points.times.push_back(time);
                points.values.push_back(*value);
            }
            time += current.step;
        }
        current.series.push_back(std::move(points));
    }

    int m_line = 0;
    bool m_isInSeries = false;
    std::int64_t m_interval = 0;
    std::shared_ptr<metrics::promql::RecordedSource> m_source;
    std::vector<Case> m_cases;
};

} // namespace

std::vector<Case> readCases(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        qFatal("cannot open %s", qPrintable(path));
    }
    return Reader().read(QString::fromUtf8(file.readAll()));
}

} // namespace pilothouse::test
