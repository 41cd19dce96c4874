// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/rpc/Guard.h"

#include <prometheus/registry.h>

namespace pilothouse::rpc {

/// Counts and times calls by method: pilothouse_rpc_calls_total{method,code} and
/// pilothouse_rpc_duration_seconds{method}; streams are counted when they end and not timed.
/// The registry outlives the observers.
ObserveMethod callMetrics(prometheus::Registry& registry);

} // namespace pilothouse::rpc
