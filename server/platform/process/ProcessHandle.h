// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <string>
#include <sys/types.h>

namespace pilothouse::platform {

/// The boot and the moment in it when the process began: together with the pid they name it for
/// ever. Empty when there is none.
std::string birthOf(pid_t pid);

/// Tells without polling when a process ends, child of ours or not, and never mistakes a later
/// process with the same pid for it.
class ProcessHandle
{
public:
    explicit ProcessHandle(pid_t pid);
    ~ProcessHandle();
    ProcessHandle(ProcessHandle&& other) noexcept;
    ProcessHandle& operator=(ProcessHandle&& other) noexcept;

    pid_t pid() const { return m_pid; }
    /// A child that ended but was not reaped yet counts as ended.
    bool hasEnded() const;
    /// Waits until it ended, the time passed, or `wakeFd` (-1 = none) became readable; true when it
    /// ended.
    bool waitForEnd(absl::Duration limit, int wakeFd = -1) const;
    /// Sends a signal; false when the process is gone.
    bool signal(int number) const;

private:
    void close();
    pid_t m_pid = -1;
    int m_descriptor = -1;
};

} // namespace pilothouse::platform
