// SPDX-License-Identifier: Apache-2.0
#include "server/platform/process/LastingProcess.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

namespace pilothouse::platform {

namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(250);
constexpr absl::Duration kLongestPause = absl::Seconds(30);
/// What has run so long ended for a new reason.
constexpr absl::Duration kSettled = absl::Minutes(1);

} // namespace

bool LastingProcess::adopt(pid_t pid, const std::string& birth, absl::Duration now)
{
    if (birth.empty() || birthOf(pid) != birth) {
        return false;
    }
    m_handle.emplace(pid);
    m_birth = birth;
    m_startedAt = now;
    return true;
}

absl::Status LastingProcess::start(
    absl::StatusOr<Command> command, const std::function<absl::Status()>& known, absl::Duration now)
{
    absl::Status status = command.status();
    if (status.ok()) {
        command->logFile = m_log;
        command->admit = [&](pid_t pid) {
            m_handle.emplace(pid);
            m_birth = birthOf(pid);
            return known();
        };
        auto child = ChildProcess::start(*command);
        if (child.ok()) {
            m_child.emplace(*std::move(child));
            m_startedAt = now;
            m_killAt.reset();
            return absl::OkStatus();
        }
        m_handle.reset();
        m_birth.clear();
        status = child.status();
    }
    putOff(fmt::format("{}: {}", m_name, std::string(status.message())), now);
    return status;
}

void LastingProcess::putOff(std::string trouble, absl::Duration now)
{
    m_pause = std::clamp(m_pause * 2, kFirstPause, kLongestPause);
    m_notBefore = now + m_pause;
    m_trouble = std::move(trouble);
}

void LastingProcess::end(absl::Duration patience, absl::Duration now)
{
    if (m_handle && !m_killAt) {
        m_handle->signal(SIGTERM);
        m_killAt = now + patience;
    }
}

std::optional<LastingProcess::Ended> LastingProcess::look(absl::Duration now)
{
    if (!m_handle) {
        return std::nullopt;
    }
    if (!m_handle->hasEnded()) {
        if (m_killAt && now > *m_killAt && m_handle->signal(SIGKILL)) {
            m_killAt = absl::InfiniteDuration();
        }
        if (!m_killAt && now - m_startedAt > kSettled) {
            m_pause = absl::ZeroDuration();
            m_trouble.clear();
        }
        return std::nullopt;
    }
    const auto exit = m_child ? m_child->exit() : std::nullopt;
    Ended ended{m_handle->pid(), exit ? exit->text() : "ended", m_killAt.has_value()};
    m_handle.reset();
    m_child.reset();
    m_birth.clear();
    m_killAt.reset();
    if (ended.isAsked) {
        m_pause = absl::ZeroDuration();
        m_notBefore = -absl::InfiniteDuration();
        m_trouble.clear();
    } else {
        putOff(
            fmt::format(
                "{} {} and is started again; its output is in {}",
                m_name,
                ended.how,
                m_log.string()),
            now);
    }
    return ended;
}

} // namespace pilothouse::platform
