// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartData.h"

#include <algorithm>

namespace pilothouse::ui {

const ChartLine* ChartContent::previousOf(const QString& id) const
{
    const auto found = std::ranges::find(previous, id, &ChartLine::id);
    return found != previous.end() ? &*found : nullptr;
}

} // namespace pilothouse::ui
