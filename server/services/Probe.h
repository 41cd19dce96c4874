// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/services/Instance.h"

#include <absl/status/status.h>
#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace pilothouse::services {

/// Counts calls that a library works on with threads of its own and that end later than whoever
/// began them. Thread-safe.
class CallCount
{
public:
    void begin()
    {
        const std::lock_guard lock(m_mutex);
        ++m_count;
    }
    void end()
    {
        const std::lock_guard lock(m_mutex);
        --m_count;
        m_changed.notify_all();
    }
    void wait()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_count == 0; });
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_count = 0;
};

/// Checks one instance, again and again. On the io_context's thread; one run at a time.
class Probe
{
public:
    using Done = std::function<void(absl::Status)>;

    /// Drops a run under way without calling back.
    virtual ~Probe() = default;
    /// Calls back exactly once within the check's timeout, never before it returns.
    virtual void run(Done onDone) = 0;
};

struct ProbeContext
{
    boost::asio::io_context& io;
    /// Whom TLS checks believe; empty: the system's authorities.
    std::filesystem::path caFile;
    CallCount& calls;
};

/// Of a complete spec whose check is not None. The context outlives the probe.
std::unique_ptr<Probe> makeProbe(const ProbeContext& context, const InstanceSpec& spec);

std::unique_ptr<Probe> makeHttpProbe(const ProbeContext& context, const InstanceSpec& spec);
std::unique_ptr<Probe> makeTcpProbe(const ProbeContext& context, const InstanceSpec& spec);
std::unique_ptr<Probe> makeGrpcProbe(const ProbeContext& context, const InstanceSpec& spec);

} // namespace pilothouse::services
