// SPDX-License-Identifier: Apache-2.0
#include "server/system/SystemService.h"

#include "shared/system/proto/SystemProto.h"

#include <algorithm>

namespace pilothouse::system {

namespace {

class HealthSource final : public rpc::Source<v1::WatchHealthResponse>
{
public:
    HealthSource(
        const HealthRegistry& health, std::shared_ptr<const std::atomic<std::uint64_t>> news)
        : m_health(health), m_news(std::move(news))
    {}

    bool next(v1::WatchHealthResponse& response) override
    {
        const std::uint64_t news = m_news->load();
        if (m_sequence > 0 && news == m_told) {
            return false;
        }
        m_told = news;
        *response.mutable_health() = toProto(m_health.health());
        response.set_sequence(++m_sequence);
        return true;
    }

private:
    const HealthRegistry& m_health;
    const std::shared_ptr<const std::atomic<std::uint64_t>> m_news;
    std::uint64_t m_told = 0;
    std::int64_t m_sequence = 0;
};

} // namespace

SystemService::SystemService(
    rpc::Guard& guard, HealthRegistry& health, const Clock& clock, Ports ports)
    : rpc::Service(guard, v1::GetHealthRequest::descriptor()->file()->service(0)),
      m_health(health),
      m_clock(clock),
      m_ports(std::move(ports)),
      m_news(std::make_shared<std::atomic<std::uint64_t>>(0))
{
    unary("GetServerInfo", &SystemService::getServerInfo);
    unary("GetHealth", &SystemService::getHealth);
    unary("ListResources", &SystemService::listResources);
    watch("WatchHealth", &SystemService::watchHealth);
    m_listening = m_health.listen([this] { wakeWatchers(); });
}

void SystemService::tick()
{
    wakeWatchers();
}

absl::Status SystemService::getServerInfo(
    const rpc::Call&, const v1::GetServerInfoRequest&, v1::GetServerInfoResponse& response)
{
    ServerInfo info = m_ports.info();
    info.serverTime = m_clock.now();
    response = toProto(info);
    return absl::OkStatus();
}

absl::Status SystemService::getHealth(
    const rpc::Call&, const v1::GetHealthRequest&, v1::GetHealthResponse& response)
{
    *response.mutable_health() = toProto(m_health.health());
    return absl::OkStatus();
}

absl::Status SystemService::listResources(
    const rpc::Call&, const v1::ListResourcesRequest&, v1::ListResourcesResponse& response)
{
    response = toProto(m_ports.resources());
    return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchHealthResponse>>> SystemService::watchHealth(
    const rpc::Call&, const v1::WatchHealthRequest&, rpc::Waker waker)
{
    m_watchers.add(std::move(waker));
    return std::make_unique<HealthSource>(m_health, m_news);
}

void SystemService::wakeWatchers()
{
    m_news->fetch_add(1);
    m_watchers.wake();
}

} // namespace pilothouse::system
