// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/ClaimCounts.h"

namespace pilothouse::jobs {

void ClaimCounts::add(const std::vector<ClaimedTask>& tasks)
{
    for (const ClaimedTask& task : tasks) {
        add(task.claim);
    }
}

std::vector<std::int64_t> ClaimCounts::finishedBy(const std::vector<TaskEnd>& ends) const
{
    std::map<std::int64_t, int> ending;
    for (const TaskEnd& end : ends) {
        ++ending[end.claim];
    }
    std::vector<std::int64_t> finished;
    for (const auto& [claim, count] : ending) {
        if (const auto found = m_open.find(claim);
            found != m_open.end() && found->second <= count) {
            finished.push_back(claim);
        }
    }
    return finished;
}

void ClaimCounts::remove(const std::vector<TaskEnd>& ends)
{
    for (const TaskEnd& end : ends) {
        if (const auto found = m_open.find(end.claim);
            found != m_open.end() && --found->second == 0) {
            m_open.erase(found);
        }
    }
}

} // namespace pilothouse::jobs
