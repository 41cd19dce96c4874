// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/live/StandingExpression.h"
#include "server/metrics/query/QueryEngine.h"

#include <stop_token>

namespace pilothouse::metrics {

/// Standing expressions of the PromQL engine, which must outlive them. Stopping `stop` ends
/// evaluations under way.
PrepareExpression promqlExpressions(const QueryEngine& engine, std::stop_token stop);

} // namespace pilothouse::metrics
