// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/CallGate.h"

namespace pilothouse::client {

bool CallGate::deliver(const std::function<void()>& callback)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_closed) {
            return false;
        }
        m_running = std::this_thread::get_id();
    }
    callback();
    {
        const std::lock_guard lock(m_mutex);
        m_running = {};
        m_ended.notify_all();
    }
    return true;
}

void CallGate::close()
{
    std::unique_lock lock(m_mutex);
    m_closed = true;
    if (m_running != std::this_thread::get_id()) {
        m_ended.wait(lock, [this] { return m_running == std::thread::id(); });
    }
}

bool CallGate::isClosed() const
{
    const std::lock_guard lock(m_mutex);
    return m_closed;
}

} // namespace pilothouse::client
