// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/scaling/Decision.h"
#include "shared/scaling/History.h"
#include "shared/scaling/Policy.h"

#include <optional>
#include <string>
#include <vector>

namespace pilothouse::scaling {

/// What a policy looked at.
struct Look
{
    absl::Time time;
    /// Nothing: the instances could not be counted, and `countError` says why.
    std::optional<Count> count;
    std::string countError;
    /// One for each of the policy's metrics, in their order.
    std::vector<Reading> readings;
};

/// The algorithm of Kubernetes' HorizontalPodAutoscaler (behaviour of autoscaling/v2), over any
/// metrics: the greatest of what the metrics ask for, then the stabilisation windows, then the rate
/// policies, then least and most. A metric that cannot be read never takes instances away; at 0
/// instances nothing is decided, because somebody has stopped them.
Decision decide(const Policy& policy, const Look& look, const History& history);

/// What history must know of a decision before the next one.
void note(History& history, const Decision& decision);

} // namespace pilothouse::scaling
