// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/process/Account.h"
#include "server/platform/process/ProcessHandle.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::platform {

/// How to start a program. It gets a session of its own (a Ctrl-C for us is not one for it),
/// /dev/null as input, no open file of ours and only the environment given here.
struct Command
{
    std::filesystem::path program;
    std::vector<std::string> arguments;
    /// Besides PATH, HOME and LC_ALL=C.
    std::map<std::string, std::string> environment;
    /// Empty: as we are.
    std::optional<Account> account;
    std::filesystem::path folder = "/";
    /// File that output and errors are appended to; empty: a pipe, for runCommand.
    std::filesystem::path logFile;
    /// Called with its pid before it becomes the program, so that a process which outlives us is
    /// never one that we do not know of; a failure ends it. May be empty.
    std::function<absl::Status(pid_t)> admit;
    /// The kernel kills it when the thread that started it ends: only for children of long-lived
    /// threads.
    bool diesWithParent = false;
};

struct Exit
{
    /// -1 when a signal ended it.
    int code = -1;
    int signal = 0;
    std::string text() const;
};

/// A running child. Not thread-safe. Destroying it does not end the child.
class ChildProcess
{
public:
    /// NOT_FOUND, PERMISSION_DENIED … with the program's name and the step that failed.
    static absl::StatusOr<ChildProcess> start(const Command& command);

    const ProcessHandle& handle() const { return m_handle; }
    /// How it ended, or nothing while it runs.
    std::optional<Exit> exit();
    /// SIGTERM-like end: sends `signal`, after `patience` SIGKILL; returns how it ended.
    Exit stop(int signal, absl::Duration patience);

private:
    explicit ChildProcess(pid_t pid) : m_handle(pid), m_pid(pid) {}
    ProcessHandle m_handle;
    pid_t m_pid;
    std::optional<Exit> m_exit;
};

struct CommandResult
{
    Exit exit;
    /// Output and errors together; of a long one the end.
    std::string output;
};

/// Runs a program to its end; DEADLINE_EXCEEDED (and killed) after `limit`. A non-zero exit code is
/// a result, not an error.
absl::StatusOr<CommandResult> runCommand(const Command& command, absl::Duration limit);

} // namespace pilothouse::platform
