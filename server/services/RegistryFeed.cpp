// SPDX-License-Identifier: Apache-2.0
#include "server/services/RegistryFeed.h"

#include "server/platform/crypto/Random.h"
#include "shared/base/proto/TimeProto.h"
#include "shared/services/proto/ServicesProto.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

#include <algorithm>

namespace pilothouse::services {

namespace {

/// Of one message; what is more comes with the next.
constexpr std::size_t kInOneMessage = 200;
/// Removed instances that are remembered for watchers that are slow or come back.
constexpr std::size_t kMostGone = 2000;

} // namespace

/// One watcher: only remembers up to which change it was told.
class RegistryFeed::Watch final : public rpc::Source<v1::WatchInstancesResponse>
{
public:
    Watch(const RegistryFeed& feed, const v1::WatchInstancesRequest& request)
        : m_feed(feed), m_service(request.service())
    {
        const std::pair<std::string, std::string> token =
            absl::StrSplit(request.resume_token(), absl::MaxSplits(':', 1));
        std::int64_t change = 0;
        if (token.first == feed.m_epoch && absl::SimpleAtoi(token.second, &change)) {
            m_change = change;
            m_hasBegun = true;
        }
    }

    bool next(v1::WatchInstancesResponse& response) override
    {
        std::vector<Shown> instances;
        if (!collect(response, instances)) {
            return false;
        }
        for (const Shown& instance : instances) {
            *response.add_instances() = toProto(*instance);
        }
        return true;
    }

private:
    /// With the lock held no message is made, only gathered what goes into it.
    bool collect(v1::WatchInstancesResponse& response, std::vector<Shown>& instances)
    {
        const std::lock_guard lock(m_feed.m_mutex);
        // Only what was removed after the snapshot can be missed.
        const bool isSnapshot = !m_hasBegun || std::max(m_change, m_snapshot) < m_feed.m_forgotten;
        if (isSnapshot) {
            m_hasBegun = true;
            m_change = 0;
            m_snapshot = m_feed.m_change;
        } else if (m_change >= m_feed.m_change) {
            return false;
        }
        std::size_t count = 0;
        auto change = m_feed.m_changes.upper_bound(m_change);
        for (; change != m_feed.m_changes.end() && count < kInOneMessage; ++change) {
            m_change = change->first;
            const InstanceKey& key = change->second;
            if (!m_service.empty() && key.service != m_service) {
                continue;
            }
            if (const auto found = m_feed.m_entries.find(key); found != m_feed.m_entries.end()) {
                instances.push_back(found->second.shown);
                ++count;
            } else if (m_change > m_snapshot) {
                auto* removed = response.add_removed();
                removed->set_service(key.service);
                removed->set_id(key.id);
                ++count;
            }
        }
        if (change == m_feed.m_changes.end()) {
            m_change = m_feed.m_change;
        }
        response.set_snapshot(isSnapshot);
        response.set_resume_token(m_feed.m_epoch + ":" + std::to_string(m_change));
        *response.mutable_server_time() = pilothouse::toProto(m_feed.m_clock.now());
        return isSnapshot || count > 0;
    }

    const RegistryFeed& m_feed;
    const std::string m_service;
    bool m_hasBegun = false;
    std::int64_t m_change = 0;
    /// Where the feed was when the snapshot began.
    std::int64_t m_snapshot = 0;
};

RegistryFeed::RegistryFeed(const Clock& clock) : m_clock(clock), m_epoch(platform::newId()) {}

void RegistryFeed::put(Instance instance)
{
    const InstanceKey key = instance.spec.key;
    auto shown = std::make_shared<const Instance>(std::move(instance));
    const std::lock_guard lock(m_mutex);
    Entry& entry = m_entries[key];
    m_changes.erase(entry.change);
    if (const auto gone = m_gone.find(key); gone != m_gone.end()) {
        m_changes.erase(gone->second);
        m_gone.erase(gone);
    }
    entry.shown = std::move(shown);
    entry.change = ++m_change;
    m_changes.emplace(entry.change, key);
}

void RegistryFeed::remove(const InstanceKey& key)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_entries.find(key);
    if (found == m_entries.end()) {
        return;
    }
    m_changes.erase(found->second.change);
    m_entries.erase(found);
    m_gone[key] = ++m_change;
    m_changes.emplace(m_change, key);
    if (m_gone.size() <= kMostGone) {
        return;
    }
    for (auto change = m_changes.begin(); change != m_changes.end(); ++change) {
        if (const auto gone = m_gone.find(change->second); gone != m_gone.end()) {
            m_forgotten = change->first;
            m_gone.erase(gone);
            m_changes.erase(change);
            return;
        }
    }
}

void RegistryFeed::flush()
{
    std::vector<rpc::Waker> wakers;
    {
        const std::lock_guard lock(m_mutex);
        std::erase_if(m_wakers, [](const rpc::Waker& waker) { return waker.isGone(); });
        if (m_flushed == m_change) {
            return;
        }
        m_flushed = m_change;
        wakers = m_wakers;
    }
    for (const rpc::Waker& waker : wakers) {
        waker.wake();
    }
}

RegistryFeed::Shown RegistryFeed::find(const InstanceKey& key) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_entries.find(key);
    return found == m_entries.end() ? nullptr : found->second.shown;
}

std::vector<RegistryFeed::Shown> RegistryFeed::list(
    const std::string& service, const InstanceKey& after, std::size_t limit) const
{
    std::vector<Shown> result;
    const std::lock_guard lock(m_mutex);
    const InstanceKey begin = std::max(after, InstanceKey{service, {}});
    for (auto entry = m_entries.upper_bound(begin);
         entry != m_entries.end() && result.size() < limit;
         ++entry) {
        if (!service.empty() && entry->first.service != service) {
            break;
        }
        result.push_back(entry->second.shown);
    }
    return result;
}

std::vector<ServiceSummary> RegistryFeed::services(
    const std::string& after, std::size_t limit) const
{
    std::vector<ServiceSummary> result;
    std::vector<const Instance*> instances;
    const std::lock_guard lock(m_mutex);
    // Ids do not reach beyond '~', so this is behind every instance of `after`.
    auto entry = after.empty() ? m_entries.begin() : m_entries.upper_bound({after, "~"});
    while (entry != m_entries.end() && result.size() < limit) {
        const std::string service = entry->first.service;
        instances.clear();
        for (; entry != m_entries.end() && entry->first.service == service; ++entry) {
            instances.push_back(entry->second.shown.get());
        }
        result.push_back(summaryOf(service, instances));
    }
    return result;
}

std::unique_ptr<rpc::Source<v1::WatchInstancesResponse>> RegistryFeed::watch(
    const v1::WatchInstancesRequest& request, rpc::Waker waker)
{
    const std::lock_guard lock(m_mutex);
    m_wakers.push_back(std::move(waker));
    return std::make_unique<Watch>(*this, request);
}

} // namespace pilothouse::services
