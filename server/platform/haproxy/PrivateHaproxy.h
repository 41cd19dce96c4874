// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/process/LastingProcess.h"
#include "shared/base/Clock.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace pilothouse::haproxy {

/// An HAProxy of this server's own: a master and a worker. It carries traffic, so it outlives the
/// server, which finds it again at its next start; what ends by itself is started again; another
/// configuration is checked, and loaded without closing a connection. Thread-safe.
class PrivateHaproxy
{
public:
    struct Configuration
    {
        /// All of it.
        std::string text;
        /// Of what can be changed by a reload only: the rest is changed at the Runtime API by
        /// whoever changes it here, and counts from the next start on.
        std::string version;
    };

    /// In `folder`, which is made; `name` is what people call it.
    static absl::StatusOr<std::unique_ptr<PrivateHaproxy>> open(
        std::string name, std::filesystem::path folder, const Clock& clock);
    /// Leaves it running.
    ~PrivateHaproxy();
    PrivateHaproxy(const PrivateHaproxy&) = delete;
    PrivateHaproxy& operator=(const PrivateHaproxy&) = delete;

    /// It is on the disk when this returns, and started or loaded soon.
    absl::Status configure(const Configuration& configuration);
    /// OK, or why it does not run, or not as it should.
    absl::Status problem() const;

private:
    PrivateHaproxy(
        std::string name,
        std::filesystem::path folder,
        const Clock& clock,
        std::string loaded,
        platform::LastingProcess process);

    void supervise();
    // On the thread; HAProxy is asked about its configuration, which may take seconds.
    void look(const std::string& wanted);
    void begin(const std::string& wanted, absl::Duration now);
    void reload(const std::string& wanted, absl::Duration now);
    absl::Status write() const;
    void note(absl::Status problem);
    /// What HAProxy itself says to the file.
    absl::Status check() const;
    std::filesystem::path file() const { return m_folder / "haproxy.cfg"; }

    const std::string m_name;
    const std::filesystem::path m_folder;
    const Clock& m_clock;

    // Of the thread alone.
    /// Version of what runs.
    std::string m_loaded;
    platform::LastingProcess m_process;
    absl::Duration m_checkAgain = -absl::InfiniteDuration();
    std::string m_refused;

    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isStopping = false;
    std::string m_wanted;
    absl::Status m_problem;
    std::thread m_thread;
};

} // namespace pilothouse::haproxy
