// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Labels.h"
#include "shared/metrics/Sample.h"

#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics {

/// Appends pieces of JSON as Prometheus writes them.

/// A string in quotes; bytes that are not UTF-8 become U+FFFD.
void appendJsonString(std::string& out, std::string_view text);
void appendJsonStrings(std::string& out, const std::vector<std::string>& texts);
/// {"name":"value",…}
void appendJsonLabels(std::string& out, const Labels& labels);
/// [1700000000.123,"42"]: seconds with milliseconds where there are any; the value as a string,
/// with an exponent only below 1e-6 and from 1e21.
void appendJsonPoint(std::string& out, TimestampMs time, double value);
/// The value alone, in quotes.
void appendJsonValue(std::string& out, double value);

} // namespace pilothouse::metrics
