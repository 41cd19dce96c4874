// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/query/QueryEngine.h"
#include "server/scaling/ScaledDeployment.h"
#include "shared/scaling/Rules.h"

#include <optional>
#include <stop_token>

namespace pilothouse::scaling {

/// What one policy goes by, as it is now. Blocks for some seconds at most; used by one thread.
class PolicyReader
{
public:
    /// The engine outlives this.
    PolicyReader(
        const Policy& policy,
        const config::ScalingPolicy& configured,
        const metrics::QueryEngine& engine,
        const Clock& clock);

    struct Seen
    {
        Look look;
        /// Set where the policy has one and it answered.
        std::optional<ScaledDeployment::Seen> deployment;
    };
    Seen read(std::stop_token stop);

    /// Null: nothing is scaled.
    ScaledDeployment* deployment() { return m_deployment ? &*m_deployment : nullptr; }

private:
    void count(Seen& seen, const Reading& ready);

    const Policy& m_policy;
    const config::ScalingPolicy m_configured;
    const metrics::QueryEngine& m_engine;
    const Clock& m_clock;
    std::optional<ScaledDeployment> m_deployment;
};

} // namespace pilothouse::scaling
