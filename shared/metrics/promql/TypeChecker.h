// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Ast.h"

#include <absl/status/status.h>

#include <string_view>

namespace pilothouse::metrics::promql {

/// Checks one node whose children are checked already. `text` is the query, for positions.
absl::Status checkTypes(const Expr& expr, std::string_view text);

} // namespace pilothouse::metrics::promql
