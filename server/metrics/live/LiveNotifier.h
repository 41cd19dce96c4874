// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mutex>

namespace pilothouse::metrics {

/// A callback that can be taken back: once close() returned it is not running and will not run
/// again, unless close() was called inside it. Thread-safe.
class LiveNotifier
{
public:
    explicit LiveNotifier(std::function<void()> callback);

    void notify();
    void close();

private:
    std::recursive_mutex m_mutex;
    std::function<void()> m_callback;
};

} // namespace pilothouse::metrics
