// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/rollouts/Leadership.h"
#include "server/rollouts/ManagedApplication.h"
#include "server/rollouts/Rollback.h"
#include "server/rollouts/RolloutBoard.h"
#include "shared/base/Clock.h"
#include "shared/rollouts/PostPromotionAnalysis.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace pilothouse::rollouts {

/// Watches one application fifty times a second while its stable side is kept warm after a
/// promotion, and rolls it back as soon as the candidate is worse, or when none of its servers has
/// been up for a while. On a server that does not lead, and while the rollout is paused, it does
/// nothing.
class AutomaticRollback
{
public:
    /// All of it outlives this.
    struct Parts
    {
        ManagedApplication& application;
        RolloutBoard& board;
        Leadership& leadership;
        Rollback& rollback;
        const Clock& clock;
        prometheus::Family<prometheus::Counter>& count;
    };

    explicit AutomaticRollback(const Parts& parts);
    ~AutomaticRollback();
    AutomaticRollback(const AutomaticRollback&) = delete;
    AutomaticRollback& operator=(const AutomaticRollback&) = delete;

private:
    /// The rollout that is watched, with what was seen of it.
    struct Watched
    {
        std::string rolloutId;
        PostPromotionAnalysis analysis;
        std::optional<Observation> last;
        /// Since when none of the candidate's servers is up, though one of the stable side's is.
        std::optional<absl::Time> downSince;
    };

    void wake();
    void run();
    std::optional<Rollout> warmRollout();
    void look(const Rollout& rollout);
    /// "" when all is well.
    std::string judge(const Rollout& rollout, const Observation& observation);
    void rollBack(const Rollout& rollout, const std::string& why);

    const Parts m_parts;
    std::optional<Watched> m_watched;
    absl::Time m_notBefore = absl::InfinitePast();
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isWoken = false;
    bool m_isStopping = false;
    int m_listener;
    std::thread m_thread;
};

} // namespace pilothouse::rollouts
