// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/rpc/Stream.h"

#include <mutex>
#include <utility>
#include <vector>

namespace pilothouse::rpc {

/// The streams of those who watch one thing. Thread-safe.
class Watchers
{
public:
    void add(Waker waker)
    {
        const std::lock_guard lock(m_mutex);
        m_wakers.push_back(std::move(waker));
    }

    /// Wakes all, and forgets those that are gone.
    void wake()
    {
        std::vector<Waker> wakers;
        {
            const std::lock_guard lock(m_mutex);
            std::erase_if(m_wakers, [](const Waker& waker) { return waker.isGone(); });
            wakers = m_wakers;
        }
        // Outside the lock: waking runs the source, and whoever starts to watch meanwhile must not
        // wait.
        for (const Waker& waker : wakers) {
            waker.wake();
        }
    }

private:
    std::mutex m_mutex;
    std::vector<Waker> m_wakers;
};

} // namespace pilothouse::rpc
