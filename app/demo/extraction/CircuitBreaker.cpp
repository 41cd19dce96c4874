// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/extraction/CircuitBreaker.h"

#include <algorithm>

namespace pilothouse::demo {

namespace {

constexpr std::size_t kWindow = 40;
constexpr auto kPause = std::chrono::seconds(3);

} // namespace

bool CircuitBreaker::allows(Time now)
{
    if (m_state == State::Open && now - m_openedAt >= kPause) {
        m_state = State::HalfOpen;
        m_probing = false;
    }
    if (m_state == State::HalfOpen && !m_probing) {
        m_probing = true;
        return true;
    }
    return m_state == State::Closed;
}

void CircuitBreaker::record(bool succeeded, Time now)
{
    if (m_state == State::HalfOpen) {
        if (succeeded) {
            m_state = State::Closed;
            m_window.clear();
        } else {
            open(now);
        }
        return;
    }
    m_window.push_back(succeeded);
    if (m_window.size() > kWindow) {
        m_window.pop_front();
    }
    const auto failures = std::count(m_window.begin(), m_window.end(), false);
    if (m_state == State::Closed && m_window.size() == kWindow &&
        2 * static_cast<std::size_t>(failures) >= kWindow) {
        open(now);
    }
}

void CircuitBreaker::open(Time now)
{
    m_state = State::Open;
    m_openedAt = now;
    m_window.clear();
    ++m_trips;
}

} // namespace pilothouse::demo
