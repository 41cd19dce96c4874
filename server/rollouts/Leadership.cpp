// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/Leadership.h"

namespace pilothouse::rollouts {

std::optional<leader::Fence> Leadership::fence()
{
    look();
    return m_election.fence();
}

std::optional<std::int64_t> Leadership::lastFence()
{
    look();
    const std::lock_guard lock(m_mutex);
    return m_last;
}

void Leadership::look()
{
    const leader::Leader leader = m_election.leader();
    const std::lock_guard lock(m_mutex);
    if (leader.isThisServer) {
        m_last = leader.fence;
    } else if (leader.fence != 0) {
        m_last.reset();
    }
}

} // namespace pilothouse::rollouts
