// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/TaskQueue.h"

#include <cstdint>
#include <map>
#include <vector>

namespace pilothouse::jobs {

/// How many tries of each claim this worker has not written the ends of yet: with the last of them
/// the claim itself can go. A claim that is not known here is never finished by this worker; the
/// reaper sees to it. Not thread-safe.
class ClaimCounts
{
public:
    void add(std::int64_t claim) { ++m_open[claim]; }
    void add(const std::vector<ClaimedTask>& tasks);
    /// The claims of which nothing is left when these ends are written.
    std::vector<std::int64_t> finishedBy(const std::vector<TaskEnd>& ends) const;
    /// They are written.
    void remove(const std::vector<TaskEnd>& ends);
    /// Somebody else ends what was claimed.
    void clear() { m_open.clear(); }

private:
    std::map<std::int64_t, int> m_open;
};

} // namespace pilothouse::jobs
