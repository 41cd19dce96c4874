// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <string>

/// How the reports of a baseline, for a browser and for paper, write what they have in common.
namespace pilothouse::metrics::baseline {

/// In UTC, to the second.
std::string timeText(absl::Time time);
/// Four digits that count, from 10000 on in thousands, millions …: "55.06M".
std::string number(double value);
/// "+12.0 %" of a ratio of 1.12; "-" when there was nothing to compare with.
std::string change(double ratio);

} // namespace pilothouse::metrics::baseline
