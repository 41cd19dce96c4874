// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Ast.h"
#include "shared/metrics/promql/Compat.h"

#include <absl/status/statusor.h>

#include <memory>
#include <string_view>
#include <vector>

namespace pilothouse::metrics::promql {

/// Parses and type-checks a query. INVALID_ARGUMENT "line:column: parse error: …" like Prometheus.
absl::StatusOr<std::shared_ptr<const Expr>> parse(
    std::string_view text, Compat compat = Compat::Prometheus3);

/// Parses a series selector ("up{job='x'}", no offset), as in `match[]` parameters.
absl::StatusOr<std::vector<LabelMatcher>> parseSelector(
    std::string_view text, Compat compat = Compat::Prometheus3);

} // namespace pilothouse::metrics::promql
