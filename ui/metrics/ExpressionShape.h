// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace pilothouse::ui {

/// An expression taken apart as far as the menus of a chart can change it: what is put together by
/// which labels. Everything else stays as it was written.
struct ExpressionShape
{
    /// What is aggregated; the whole expression when nothing is.
    QString inner;
    /// "sum", "avg", "min", "max", "count"; empty for none.
    QString aggregation;
    QStringList by;
    /// Set for histogram_quantile(quantile, sum by (le, …) (inner)): it is always aggregated, and
    /// `by` leaves "le" out.
    QString quantile;

    bool operator==(const ExpressionShape&) const = default;
};

ExpressionShape shapeOf(const QString& expression);
QString toExpression(const ExpressionShape& shape);

/// The aggregations that can be chosen.
QStringList aggregations();

} // namespace pilothouse::ui
