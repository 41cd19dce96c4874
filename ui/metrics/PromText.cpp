// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/PromText.h"

#include "ui/live/PromString.h"

#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::ui {

namespace {

QString selectorOf(const QString& name, const metrics::Labels* labels)
{
    QStringList parts;
    if (labels != nullptr) {
        for (const auto& [label, value] : labels->pairs()) {
            if (label != metrics::kMetricName) {
                parts << QString::fromStdString(label) + QLatin1Char('=') +
                             promString(QString::fromStdString(value));
            }
        }
    }
    return parts.isEmpty()
               ? name
               : QString(name + QLatin1Char('{') + parts.join(QLatin1Char(',')) + QLatin1Char('}'));
}

bool isCumulative(const QString& name, metrics::MetricType type)
{
    if (type == metrics::MetricType::Gauge) {
        return false;
    }
    return type == metrics::MetricType::Counter || name.endsWith(QLatin1String("_total")) ||
           name.endsWith(QLatin1String("_count")) || name.endsWith(QLatin1String("_sum"));
}

} // namespace

QString expressionFor(const QString& name, metrics::MetricType type, const metrics::Labels* labels)
{
    if (type == metrics::MetricType::Histogram) {
        return QStringLiteral("histogram_quantile(0.99, sum by (le) (rate(%1_bucket[1m])))")
            .arg(name);
    }
    const QString selector = selectorOf(name, labels);
    return isCumulative(name, type) ? QStringLiteral("rate(%1[1m])").arg(selector) : selector;
}

QString selectorFor(const QString& search)
{
    if (search.isEmpty()) {
        return QStringLiteral("{__name__!~\".+_bucket\",__name__!=\"\"}");
    }
    return QStringLiteral("{__name__=~%1,__name__!~\".+_bucket\"}")
        .arg(promString(
            QStringLiteral("(?i).*") + QRegularExpression::escape(search) + QStringLiteral(".*")));
}

Unit unitOfExpression(const QString& expression)
{
    static const QRegularExpression name(QStringLiteral("[a-zA-Z_:][a-zA-Z0-9_:]*"));
    static const QRegularExpression rate(QStringLiteral("\\b(i?rate|deriv)\\s*\\("));
    const bool isRate = rate.match(expression).hasMatch();
    const bool isQuantile = expression.contains(QLatin1String("histogram_quantile"));
    // Strings may hold anything.
    QString bare = expression;
    bare.remove(QRegularExpression(QStringLiteral("\"[^\"]*\"")));
    bare.remove(QRegularExpression(QStringLiteral("\\b(by|without|on|ignoring)\\s*\\([^)]*\\)")));
    Unit unit = Unit::None;
    int found = 0;
    auto matches = name.globalMatch(bare);
    while (matches.hasNext()) {
        const QString word = matches.next().captured();
        const Unit one = unitOfMetric(word, {});
        if (one != Unit::None) {
            if (found > 0 && one != unit) {
                return Unit::None;
            }
            unit = one;
            ++found;
        }
    }
    if (bare.contains(QLatin1Char('/')) && found != 1) {
        return Unit::None; // a quotient of like things has no unit
    }
    if (!isRate || isQuantile) {
        return unit;
    }
    switch (unit) {
    case Unit::Seconds:
        return Unit::None; // seconds a second: cores
    case Unit::Bytes:
        return Unit::BytesPerSecond;
    default:
        return Unit::PerSecond;
    }
}

std::optional<qsizetype> errorPosition(const QString& message, const QString& expression)
{
    static const QRegularExpression place(QStringLiteral("(?:^|[\\s(])(\\d+):(\\d+):"));
    const QRegularExpressionMatch match = place.match(message);
    if (!match.hasMatch()) {
        return {};
    }
    // Lines and columns count from one; columns count bytes, as the server sees them.
    const qsizetype line = match.captured(1).toLongLong();
    const qsizetype column = match.captured(2).toLongLong();
    const QStringList lines = expression.split(QLatin1Char('\n'));
    if (line < 1 || line > lines.size()) {
        return {};
    }
    qsizetype offset = 0;
    for (qsizetype at = 0; at + 1 < line; ++at) {
        offset += lines[at].size() + 1;
    }
    const QByteArray bytes = lines[line - 1].toUtf8().left(std::max<qsizetype>(0, column - 1));
    return offset + QString::fromUtf8(bytes).size();
}

} // namespace pilothouse::ui
