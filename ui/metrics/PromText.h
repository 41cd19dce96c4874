// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/metrics/Catalogue.h"
#include "shared/metrics/Labels.h"
#include "ui/components/Format.h"

#include <QString>

#include <optional>

namespace pilothouse::ui {

/// What to draw for a metric that was picked: counters as their rate, histograms as their p99,
/// everything else as it is. `labels` narrows to one series.
QString expressionFor(
    const QString& name, metrics::MetricType type, const metrics::Labels* labels = nullptr);

/// Selector of all metrics whose name contains the text (of all, when empty); buckets are left out.
QString selectorFor(const QString& search);

/// Unit of an expression's values, guessed from the one metric it names: a rate of seconds is a
/// ratio of time, a rate of bytes is bytes a second, another rate is a number a second.
Unit unitOfExpression(const QString& expression);

/// Where an error message of the server says the expression is wrong ("1:7: parse error: …"):
/// zero-based offset, or nothing.
std::optional<qsizetype> errorPosition(const QString& message, const QString& expression);

} // namespace pilothouse::ui
