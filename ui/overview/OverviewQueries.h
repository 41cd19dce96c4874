// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/Format.h"
#include "ui/theme/Severity.h"

#include <QString>

#include <vector>

namespace pilothouse::ui {

/// One way to measure a key figure.
struct KpiSource
{
    QString label;
    QString expression;
    Unit unit = Unit::None;
    bool lowerIsBetter = false;
    /// Beyond `warning` it is a warning, beyond `critical` critical (requirements B6); for
    /// lowerIsBetter "beyond" means above, otherwise below. NaN: no level.
    double warning = 0;
    double critical = 0;
};

/// A key figure: the first source that has data is shown, so that a server without the platform's
/// metrics shows its own and its host's.
using KpiSources = std::vector<KpiSource>;

Severity levelOf(const KpiSource& source, double value);

struct ChartQuery
{
    /// Names the line when the answer is one series without labels of its own.
    QString name;
    QString expression;
};

struct ChartSource
{
    QString title;
    QString fact;
    Unit unit = Unit::None;
    std::vector<ChartQuery> queries;
};

/// The page's four tiles and three charts (the first is the large one), best source first.
const std::vector<KpiSources>& overviewKpis();
const std::vector<std::vector<ChartSource>>& overviewCharts();

} // namespace pilothouse::ui
