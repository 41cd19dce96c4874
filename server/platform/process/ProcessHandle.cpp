// SPDX-License-Identifier: Apache-2.0
#include "server/platform/process/ProcessHandle.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <poll.h>
#include <sstream>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace pilothouse::platform {

namespace {

/// How often a process is looked at where the kernel offers no descriptor for it.
const absl::Duration kPollInterval = absl::Milliseconds(50);

// glibc's own header for these lacks extern "C" where it exists.
int openProcess(pid_t pid)
{
    return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

int signalProcess(int descriptor, int number)
{
    return static_cast<int>(syscall(SYS_pidfd_send_signal, descriptor, number, nullptr, 0));
}

int pollMilliseconds(absl::Duration limit)
{
    const absl::Duration bounded =
        std::clamp(limit, absl::ZeroDuration(), absl::Hours(1)) + absl::Microseconds(999);
    return static_cast<int>(absl::ToInt64Milliseconds(bounded));
}

absl::Duration monotonic()
{
    return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

} // namespace

std::string birthOf(pid_t pid)
{
    std::string boot;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
    std::string line;
    std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/stat"), line);
    // "pid (any name) state …"; the time is the 22nd field, see proc(5).
    constexpr int kFieldsBetween = 20;
    const auto name = line.rfind(')');
    if (name == std::string::npos) {
        return {};
    }
    std::istringstream fields(line.substr(name + 1));
    std::string field;
    for (int skipped = 0; skipped < kFieldsBetween; ++skipped) {
        fields >> field;
    }
    // The first of them is the state.
    const bool isDead = line.size() > name + 2 && (line[name + 2] == 'Z' || line[name + 2] == 'X');
    return field.empty() || isDead ? std::string() : boot + ":" + field;
}

ProcessHandle::ProcessHandle(pid_t pid) : m_pid(pid), m_descriptor(pid > 0 ? openProcess(pid) : -1)
{
    if (m_descriptor < 0 && errno == ESRCH) {
        m_pid = -1;
    }
}

ProcessHandle::~ProcessHandle()
{
    close();
}

ProcessHandle::ProcessHandle(ProcessHandle&& other) noexcept
    : m_pid(std::exchange(other.m_pid, -1)), m_descriptor(std::exchange(other.m_descriptor, -1))
{}

ProcessHandle& ProcessHandle::operator=(ProcessHandle&& other) noexcept
{
    if (this != &other) {
        close();
        m_pid = std::exchange(other.m_pid, -1);
        m_descriptor = std::exchange(other.m_descriptor, -1);
    }
    return *this;
}

void ProcessHandle::close()
{
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
        m_descriptor = -1;
    }
}

bool ProcessHandle::hasEnded() const
{
    return waitForEnd(absl::ZeroDuration());
}

bool ProcessHandle::waitForEnd(absl::Duration limit, int wakeFd) const
{
    if (m_pid <= 0) {
        return true;
    }
    const absl::Duration end = monotonic() + limit;
    while (true) {
        const absl::Duration left = end - monotonic();
        std::array<pollfd, 2> entries = {
            {{m_descriptor, POLLIN, 0}, {wakeFd, POLLIN, 0}}}; // a negative one is ignored
        const absl::Duration wait = m_descriptor >= 0 ? left : std::min(left, kPollInterval);
        poll(entries.data(), entries.size(), pollMilliseconds(wait));
        if (m_descriptor >= 0 ? (entries[0].revents & POLLIN) != 0
                              : kill(m_pid, 0) != 0 && errno == ESRCH) {
            return true;
        }
        if ((entries[1].revents & POLLIN) != 0 || monotonic() >= end) {
            return false;
        }
    }
}

bool ProcessHandle::signal(int number) const
{
    if (m_pid <= 0) {
        return false;
    }
    return (m_descriptor >= 0 ? signalProcess(m_descriptor, number) : kill(m_pid, number)) == 0;
}

} // namespace pilothouse::platform
