// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace pilothouse::ui {

/// Makes charts known to screen readers: role Chart, the title as name, the data in words as
/// description. Once is enough; further calls do nothing.
void installChartAccessibility();

} // namespace pilothouse::ui
