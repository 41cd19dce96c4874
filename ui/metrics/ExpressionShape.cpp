// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/ExpressionShape.h"

#include <QRegularExpression>

#include <optional>

namespace pilothouse::ui {

namespace {

/// What stands in the parenthesis that `text` begins with, if that is all there is.
std::optional<QString> wholeParenthesis(const QString& text)
{
    int depth = 0;
    QChar quote;
    for (qsizetype at = 0; at < text.size(); ++at) {
        const QChar sign = text[at];
        if (!quote.isNull()) {
            if (sign == QLatin1Char('\\') && quote != QLatin1Char('`')) {
                ++at;
            } else if (sign == quote) {
                quote = QChar();
            }
        } else if (
            sign == QLatin1Char('"') || sign == QLatin1Char('\'') || sign == QLatin1Char('`')) {
            quote = sign;
        } else if (sign == QLatin1Char('(')) {
            ++depth;
        } else if (sign == QLatin1Char(')') && --depth == 0) {
            const bool isWhole = at + 1 == text.size();
            return isWhole ? std::optional(text.mid(1, at - 1).trimmed()) : std::nullopt;
        }
    }
    return std::nullopt;
}

QStringList labelsOf(const QString& list)
{
    QStringList labels;
    for (const QString& label : list.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        labels << label.trimmed();
    }
    return labels;
}

/// An aggregation around everything else, of those that a menu can choose.
ExpressionShape aggregationOf(const QString& expression)
{
    static const QRegularExpression head(
        QStringLiteral("^(sum|avg|min|max|count)\\s*(?:by\\s*\\(([^)]*)\\)\\s*)?(\\(.*)$"),
        QRegularExpression::DotMatchesEverythingOption);
    const auto match = head.match(expression);
    if (match.hasMatch()) {
        if (const auto inner = wholeParenthesis(match.captured(3))) {
            return {*inner, match.captured(1), labelsOf(match.captured(2)), {}};
        }
    }
    return {expression, {}, {}, {}};
}

} // namespace

ExpressionShape shapeOf(const QString& expression)
{
    const QString text = expression.trimmed();
    static const QRegularExpression head(
        QStringLiteral("^histogram_quantile\\s*(\\(.*)$"),
        QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression arguments(
        QStringLiteral("^([0-9.]+)\\s*,\\s*(.*)$"), QRegularExpression::DotMatchesEverythingOption);
    const auto match = head.match(text);
    if (match.hasMatch()) {
        const auto within = wholeParenthesis(match.captured(1));
        const auto parts = arguments.match(within.value_or(QString()));
        if (parts.hasMatch()) {
            ExpressionShape shape = aggregationOf(parts.captured(2).trimmed());
            if (shape.aggregation == QLatin1String("sum") &&
                shape.by.removeAll(QStringLiteral("le")) > 0) {
                shape.quantile = parts.captured(1);
                return shape;
            }
        }
    }
    return aggregationOf(text);
}

QString toExpression(const ExpressionShape& shape)
{
    const auto by = [](const QStringList& labels) {
        return labels.isEmpty()
                   ? QStringLiteral(" ")
                   : QStringLiteral(" by (%1) ").arg(labels.join(QStringLiteral(", ")));
    };
    if (!shape.quantile.isEmpty()) {
        return QStringLiteral("histogram_quantile(%1, sum%2(%3))")
            .arg(shape.quantile, by(QStringList(shape.by) << QStringLiteral("le")), shape.inner);
    }
    if (shape.aggregation.isEmpty()) {
        return shape.inner;
    }
    const QString grouping = shape.by.isEmpty() ? QString() : by(shape.by);
    return shape.aggregation + grouping + QLatin1Char('(') + shape.inner + QLatin1Char(')');
}

QStringList aggregations()
{
    return {
        QStringLiteral("sum"),
        QStringLiteral("avg"),
        QStringLiteral("min"),
        QStringLiteral("max"),
        QStringLiteral("count")};
}

} // namespace pilothouse::ui
