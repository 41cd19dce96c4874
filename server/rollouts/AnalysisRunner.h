// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/query/QueryEngine.h"
#include "server/rollouts/SideNames.h"
#include "shared/rollouts/Steps.h"

#include <absl/time/time.h>

#include <memory>
#include <optional>
#include <string>

namespace pilothouse::rollouts {

/// Asks the server's metrics for the conditions of one application's rollouts. They begin anew with
/// each stage, and with the server. Used by one thread; never waits.
class AnalysisRunner
{
public:
    /// The engine must outlive this and its queries under way.
    explicit AnalysisRunner(const metrics::QueryEngine& engine);
    ~AnalysisRunner();
    AnalysisRunner(AnalysisRunner&&) noexcept;
    AnalysisRunner& operator=(AnalysisRunner&&) = delete;

    /// What is known by now, after asking for what is due; nothing where the step has no
    /// conditions. `names` are what queries call both sides; without one of them nothing is asked.
    std::optional<AnalysisState> look(
        const Rollout& rollout, const Policy& policy, const SideNames& names, absl::Time now);

private:
    struct Run;
    void end();
    void ask(std::size_t metric, const Rollout& rollout, const SideNames& names, absl::Time now);

    const metrics::QueryEngine& m_engine;
    /// Queries under way hold the run that they are of: one that has ended is written to by nobody
    /// else any more.
    std::shared_ptr<Run> m_run;
};

} // namespace pilothouse::rollouts
