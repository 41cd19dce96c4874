// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace pilothouse::demo {

/// Stops fetching pages while most fetches fail: open after half of the last calls failed,
/// half-open with one probe after a pause, closed again when the probe succeeds. One thread.
class CircuitBreaker
{
public:
    using Time = std::chrono::steady_clock::time_point;
    enum class State { Closed, Open, HalfOpen };

    bool allows(Time now);
    void record(bool succeeded, Time now);

    State state() const { return m_state; }
    std::uint64_t trips() const { return m_trips; }

private:
    void open(Time now);

    State m_state = State::Closed;
    std::deque<bool> m_window;
    Time m_openedAt{};
    bool m_probing = false;
    std::uint64_t m_trips = 0;
};

} // namespace pilothouse::demo
