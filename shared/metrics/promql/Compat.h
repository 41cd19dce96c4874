// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace pilothouse::metrics::promql {

/// Whose semantics apply where Prometheus' major versions differ. Version 3: ranges and look-back
/// exclude their left end, numbers and durations are interchangeable, quoted metric and label
/// names, `.` of a regular expression matches a newline, compensated sums in aggregations.
enum class Compat { Prometheus2, Prometheus3 };

} // namespace pilothouse::metrics::promql
