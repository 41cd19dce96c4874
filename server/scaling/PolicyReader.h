// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/metrics/query/QueryEngine.h"
#include "server/scaling/ScaleTarget.h"
#include "shared/base/Clock.h"
#include "shared/scaling/Rules.h"

#include <memory>
#include <optional>
#include <stop_token>

namespace pilothouse::scaling {

/// What one policy goes by, as it is now. Blocks for some seconds at most; used by one thread.
class PolicyReader
{
public:
    /// The engine outlives this. `target` may be null: the policy has its ready_query then, and
    /// nothing is scaled.
    PolicyReader(
        const Policy& policy,
        const config::ScalingPolicy& configured,
        const metrics::QueryEngine& engine,
        const Clock& clock,
        std::unique_ptr<ScaleTarget> target);

    struct Seen
    {
        Look look;
        /// Set where the policy has one and it answered.
        std::optional<ScaleTarget::Seen> target;
    };
    Seen read(std::stop_token stop);

    ScaleTarget* target() { return m_target.get(); }

private:
    void count(Seen& seen, const Reading& ready);

    const Policy& m_policy;
    const config::ScalingPolicy m_configured;
    const metrics::QueryEngine& m_engine;
    const Clock& m_clock;
    const std::unique_ptr<ScaleTarget> m_target;
};

} // namespace pilothouse::scaling
