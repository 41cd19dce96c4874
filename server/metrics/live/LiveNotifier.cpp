// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/live/LiveNotifier.h"

#include <utility>

namespace pilothouse::metrics {

LiveNotifier::LiveNotifier(std::function<void()> callback) : m_callback(std::move(callback)) {}

void LiveNotifier::notify()
{
    const std::lock_guard lock(m_mutex);
    if (m_callback) {
        // A copy, because close() inside the callback destroys the original.
        const auto callback = m_callback;
        callback();
    }
}

void LiveNotifier::close()
{
    const std::lock_guard lock(m_mutex);
    m_callback = nullptr;
}

} // namespace pilothouse::metrics
