// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/rpc/Stream.h"
#include "shared/base/Clock.h"
#include "shared/services/Instance.h"

#include <pilothouse/v1/services.pb.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace pilothouse::services {

/// The instances as everybody sees them: whoever lists or watches takes from here, and never holds
/// up who registers, checks or resolves. Thread-safe.
class RegistryFeed
{
public:
    using Shown = std::shared_ptr<const Instance>;

    explicit RegistryFeed(const Clock& clock);

    // The registry's end.
    void put(Instance instance);
    void remove(const InstanceKey& key);
    /// Wakes the watchers if anything changed since the last time; on a thread that may send.
    void flush();

    /// Null: there is none.
    Shown find(const InstanceKey& key) const;
    /// Of one service, or of all when it is empty, after a key, in order.
    std::vector<Shown> list(
        const std::string& service, const InstanceKey& after, std::size_t limit) const;
    /// After a name, in order.
    std::vector<ServiceSummary> services(const std::string& after, std::size_t limit) const;

    /// The feed outlives the streams.
    std::unique_ptr<rpc::Source<v1::WatchInstancesResponse>> watch(
        const v1::WatchInstancesRequest& request, rpc::Waker waker);

private:
    class Watch;

    struct Entry
    {
        Shown shown;
        /// Number of the change that made it what it is.
        std::int64_t change = 0;
    };

    const Clock& m_clock;
    /// Of this process: resume tokens of another one mean nothing here.
    const std::string m_epoch;
    mutable std::mutex m_mutex;
    std::map<InstanceKey, Entry> m_entries;
    /// The newest change of each key, also of those that were removed and are still remembered.
    std::map<std::int64_t, InstanceKey> m_changes;
    std::map<InstanceKey, std::int64_t> m_gone;
    std::int64_t m_change = 0;
    std::int64_t m_flushed = 0;
    /// Removals up to here are not all known any more.
    std::int64_t m_forgotten = 0;
    std::vector<rpc::Waker> m_wakers;
};

} // namespace pilothouse::services
