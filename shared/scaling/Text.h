// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <string>

namespace pilothouse::scaling {

/// Four significant digits: "213", "0.125", "1.204e+06".
std::string numberText(double value);
/// "15s", "5m", "1h30m".
std::string durationText(absl::Duration duration);
/// For a sentence: "15 s", "5 min".
std::string spokenDuration(absl::Duration duration);

} // namespace pilothouse::scaling
