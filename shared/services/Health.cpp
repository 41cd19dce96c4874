// SPDX-License-Identifier: Apache-2.0
#include "shared/services/Health.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pilothouse::services {

Health::Health(const InstanceSpec& spec, absl::Duration now)
    : m_check(spec.check), m_ttl(spec.ttl), m_beat(now)
{}

void Health::beat(absl::Duration when, std::string problem)
{
    if (m_hasBeat && when < m_beat) {
        return; // of another server, and older than what is known
    }
    // What was said before this server was there does not shorten the first time to live.
    m_beat = m_hasBeat ? when : std::max(when, m_beat);
    m_hasBeat = true;
    m_said = std::move(problem);
}

void Health::checked(bool hasPassed, std::string message)
{
    m_passedInARow = hasPassed ? m_passedInARow + 1 : 0;
    m_failedInARow = hasPassed ? 0 : m_failedInARow + 1;
    if (!hasPassed) {
        m_failure = std::move(message);
    }
    // The first result decides at once when it is good; a bad one may be a slow start.
    const bool isFirstGood = hasPassed && m_checked == InstanceState::Unknown;
    if (isFirstGood || m_passedInARow >= m_check.healthyAfter) {
        m_checked = InstanceState::Healthy;
    } else if (m_failedInARow >= m_check.unhealthyAfter) {
        m_checked = InstanceState::Unhealthy;
    }
}

InstanceState Health::ofChecks() const
{
    return m_check.kind == CheckKind::None ? InstanceState::Healthy : m_checked;
}

bool Health::update(absl::Duration now)
{
    const bool needsBeats = m_ttl > absl::ZeroDuration();
    m_isExpired = needsBeats && now - m_beat >= m_ttl;
    InstanceState state = InstanceState::Healthy;
    std::string problem;
    if (m_isExpired) {
        state = InstanceState::Unhealthy;
        problem = fmt::format(
            "no heartbeat within {}",
            absl::FormatDuration(absl::Trunc(m_ttl, absl::Milliseconds(1))));
    } else if (!m_said.empty()) {
        state = InstanceState::Unhealthy;
        problem = m_said;
    } else if (ofChecks() == InstanceState::Unhealthy) {
        state = InstanceState::Unhealthy;
        problem = m_failure;
    } else if (ofChecks() == InstanceState::Unknown) {
        state = InstanceState::Unknown;
        problem = m_failedInARow > 0 ? m_failure : "not checked yet";
    } else if (needsBeats && !m_hasBeat) {
        state = InstanceState::Unknown;
        problem = "no heartbeat yet";
    }
    const bool isChanged = state != m_state || problem != m_problem;
    m_state = state;
    m_problem = std::move(problem);
    return isChanged;
}

absl::Duration Health::expiry() const
{
    return m_ttl > absl::ZeroDuration() && !m_isExpired ? m_beat + m_ttl : absl::InfiniteDuration();
}

} // namespace pilothouse::services
