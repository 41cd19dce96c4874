// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/platform/process/LastingProcess.h"
#include "server/rollouts/ProcessRecords.h"
#include "shared/base/Clock.h"
#include "shared/rollouts/Rollout.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace pilothouse::rollouts {

/// The processes behind the backends of an application whose commands this server runs: one for
/// each server of a side. They carry traffic, so they outlive this server, which finds them again
/// at its next start; what ends by itself is started again, with growing pauses. What they write
/// goes to a file each, of bounded size. Thread-safe.
class SideProcesses
{
public:
    /// Looks for what an earlier server has started. `folder` is made when it is needed.
    static absl::StatusOr<std::unique_ptr<SideProcesses>> open(
        const config::RolloutApplication& application,
        std::filesystem::path folder,
        const Clock& clock);
    /// Leaves them running.
    ~SideProcesses();
    SideProcesses(const SideProcesses&) = delete;
    SideProcesses& operator=(const SideProcesses&) = delete;

    /// Those of the side that are meant to run.
    std::vector<SideServer> wanted(Colour colour) const;
    bool isWanted(Colour colour) const { return !wanted(colour).empty(); }
    /// From now on these run, also after a restart of this server. With `mayReplace` those of
    /// another command or program are ended first; else they are left as they are. True when that
    /// changes anything. Returns before they are up.
    absl::StatusOr<bool> run(
        Colour colour, const std::vector<SideServer>& servers, bool mayReplace);
    /// From now on none of the side's run: SIGTERM, and SIGKILL after drain_most. Likewise.
    absl::StatusOr<bool> stop(Colour colour);

    /// Names of those that run and are meant to: not those that are asked to end, whatever their
    /// backend thinks of them.
    std::set<std::string> running(Colour colour) const;
    /// Called on the thread that starts them, before each start, with the server's address: what
    /// was known of its health was another process's.
    void beforeStart(std::function<void(const std::string& address)> call);

    /// What runs on the side: "serve 3f2a91c0".
    std::string version(Colour colour) const;
    /// OK, or what does not stay up, why, and where it says more.
    absl::Status problem() const;

private:
    struct Process;
    struct Seen
    {
        std::vector<SideServer> blueWanted;
        std::vector<SideServer> greenWanted;
        std::set<std::string> blueRunning;
        std::set<std::string> greenRunning;
        std::string blueVersion;
        std::string greenVersion;
        absl::Status problem;
    };

    SideProcesses(
        config::RolloutApplication application,
        std::filesystem::path folder,
        const Clock& clock,
        ProcessRecords records);

    const std::vector<std::string>& commandOf(Colour colour) const;
    std::filesystem::path logOf(Colour colour, const std::string& server) const;
    Process made(Colour colour, const SideServer& server) const;
    void adopt(const std::vector<ProcessRecord>& records);
    void supervise();
    // With the mutex held.
    void publish();
    std::string versionOn(Colour colour) const;
    std::set<std::string> runningOn(Colour colour) const;
    void look();
    /// The one that is there, or a new one that does not run yet.
    Process& processFor(Colour colour, const SideServer& server);
    void start(Process& process);
    void tell(const Process& process, const platform::LastingProcess::Ended& ended);
    absl::StatusOr<platform::Command> command(const Process& process) const;
    bool isWanted(const Process& process) const;
    absl::Status write() const;

    const config::RolloutApplication m_application;
    const std::filesystem::path m_folder;
    const Clock& m_clock;
    std::mutex m_mutex;
    ProcessRecords m_records;
    std::list<Process> m_processes;
    std::condition_variable m_wake;
    bool m_isStopping = false;
    std::function<void(const std::string& address)> m_beforeStart;
    /// What others see: whoever only looks never waits for a disk.
    mutable std::mutex m_seenMutex;
    Seen m_seen;
    std::thread m_thread;
};

} // namespace pilothouse::rollouts
