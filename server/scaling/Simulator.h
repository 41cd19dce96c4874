// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/query/QueryEngine.h"
#include "shared/scaling/Simulation.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <string>

namespace pilothouse::scaling {

/// Simulates a policy over the server's recorded metrics. Thread-safe; never waits.
class Simulator
{
public:
    struct Span
    {
        absl::Time start;
        absl::Time end;
        absl::Duration step;
    };
    using Answer = std::function<void(absl::StatusOr<Simulation>)>;

    /// The engine outlives this and its queries under way.
    explicit Simulator(const metrics::QueryEngine& engine) : m_engine(engine) {}

    /// The interval, or what leaves a bounded number of looks. INVALID_ARGUMENT for a span that is
    /// none or too long.
    static absl::StatusOr<Span> spanOf(absl::Time start, absl::Time end, absl::Duration interval);

    /// Answers once, on any thread. UNAVAILABLE where nothing was recorded of the instances.
    void run(Policy policy, std::string readyExpression, const Span& span, Answer answer) const;

private:
    const metrics::QueryEngine& m_engine;
};

} // namespace pilothouse::scaling
