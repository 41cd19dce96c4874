// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Ast.h"

#include <string>

namespace pilothouse::metrics::promql {

/// The query in canonical form on one line; parse() reads back the same tree.
std::string print(const Expr& expr);

} // namespace pilothouse::metrics::promql
