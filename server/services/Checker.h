// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/services/Probe.h"
#include "server/services/Registry.h"
#include "shared/base/Clock.h"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace pilothouse::services {

/// Checks every instance that wants it, each in its own turn, so many at once at most; who is
/// longest overdue comes first. Lives on the io_context's thread, which must outlast it or have
/// ended.
class Checker
{
public:
    struct Options
    {
        int atOnce = 64;
        /// Whom TLS checks believe; empty: the system's authorities.
        std::filesystem::path caFile;
    };

    /// All of it outlives the checker.
    Checker(
        boost::asio::io_context& io,
        Registry& registry,
        RegistryMetrics& metrics,
        const Clock& clock,
        Options options);
    ~Checker();
    Checker(const Checker&) = delete;
    Checker& operator=(const Checker&) = delete;

    /// Begins what is due; to be called several times a second.
    void tick();
    /// Drops all checks and waits until none is with a library any more. Nothing begins afterwards.
    void stop();
    /// By how much the checks are late. Any thread.
    absl::Duration lag() const { return absl::Nanoseconds(m_lag.load()); }

private:
    struct Subject
    {
        std::int64_t revision = 0;
        absl::Duration interval;
        absl::Duration due;
        bool isRunning = false;
        std::unique_ptr<Probe> probe;
    };

    void follow();
    void begin(const InstanceKey& key, Subject& subject);
    void finish(
        const InstanceKey& key,
        std::int64_t revision,
        absl::Duration begun,
        const absl::Status& status);

    Registry& m_registry;
    RegistryMetrics& m_metrics;
    const Clock& m_clock;
    const Options m_options;
    CallCount m_calls;
    const ProbeContext m_context;
    std::map<InstanceKey, Subject> m_subjects;
    /// Those that are not running, by when they are due.
    std::multimap<absl::Duration, InstanceKey> m_due;
    std::int64_t m_generation = -1;
    int m_running = 0;
    bool m_isStopped = false;
    std::atomic<std::int64_t> m_lag{0};
    /// Shared with callbacks that may already be queued when the checker goes.
    std::shared_ptr<const bool> m_alive = std::make_shared<const bool>(true);
};

} // namespace pilothouse::services
