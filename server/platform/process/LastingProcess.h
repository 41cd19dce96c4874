// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/process/ChildProcess.h"
#include "server/platform/process/ProcessHandle.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace pilothouse::platform {

/// A program that carries traffic, and therefore outlives this server: the next one takes it over.
/// What ends by itself is due again after pauses that grow from a quarter of a second to 30 s. Its
/// owner looks at it several times a second. Never waits; not thread-safe. Times are monotonic.
class LastingProcess
{
public:
    /// `name` is what people call it: "green1". Its output is appended to `log`.
    LastingProcess(std::string name, std::filesystem::path log)
        : m_name(std::move(name)), m_log(std::move(log))
    {}

    const std::string& name() const { return m_name; }
    bool isRunning() const { return m_handle.has_value(); }
    /// -1 while it does not run.
    pid_t pid() const { return m_handle ? m_handle->pid() : -1; }
    /// See birthOf; empty while it does not run.
    const std::string& birth() const { return m_birth; }
    /// What keeps it from staying up, or "".
    const std::string& trouble() const { return m_trouble; }

    /// Takes over what an earlier server has started; false: that has ended.
    bool adopt(pid_t pid, const std::string& birth, absl::Duration now);
    bool isDue(absl::Duration now) const { return !isRunning() && now >= m_notBefore; }
    /// `known` writes pid and birth down; the program begins after that only, so that a server that
    /// is killed meanwhile leaves none that nobody knows of. When it fails it is due again later.
    absl::Status start(
        absl::StatusOr<Command> command,
        const std::function<absl::Status()>& known,
        absl::Duration now);
    /// Not tried again before a pause, for this reason.
    void putOff(std::string trouble, absl::Duration now);

    /// SIGTERM now, and SIGKILL from look() when it is there after `patience` still.
    void end(absl::Duration patience, absl::Duration now);
    bool isEnding() const { return m_killAt.has_value(); }
    bool signal(int number) const { return m_handle && m_handle->signal(number); }

    struct Ended
    {
        pid_t pid = -1;
        /// "ended by signal 9", "ended" where it was no child of ours.
        std::string how;
        bool isAsked = false;
    };
    /// Nothing while it runs, or does not run; told once.
    std::optional<Ended> look(absl::Duration now);

private:
    std::string m_name;
    std::filesystem::path m_log;
    std::optional<ProcessHandle> m_handle;
    /// Ours to be reaped; not one of an earlier server.
    std::optional<ChildProcess> m_child;
    std::string m_birth;
    absl::Duration m_startedAt = absl::ZeroDuration();
    /// Set: it was asked to end.
    std::optional<absl::Duration> m_killAt;
    absl::Duration m_pause = absl::ZeroDuration();
    absl::Duration m_notBefore = -absl::InfiniteDuration();
    std::string m_trouble;
};

} // namespace pilothouse::platform
