// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/ServerPool.h"

#include "server/platform/process/DurableFile.h"
#include "server/platform/process/Folders.h"
#include "server/rollouts/SideProcesses.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace pilothouse::rollouts {

namespace {

namespace fs = std::filesystem;
using haproxy::StatRow;
using Json = nlohmann::json;

constexpr auto kLook = std::chrono::milliseconds(200);
/// What cannot be done is told so often.
constexpr absl::Duration kTellAgain = absl::Minutes(1);

/// 0 when there is none.
absl::StatusOr<int> readCount(const fs::path& file)
{
    const auto text = platform::readSmallFile(file);
    if (absl::IsNotFound(text.status())) {
        return 0;
    }
    PH_RETURN_IF_ERROR(text.status());
    try {
        const int count = Json::parse(*text).at("instances").get<int>();
        if (count > 0) {
            return count;
        }
    } catch (const Json::exception&) { // told below
    }
    return withHint(
        absl::DataLossError(fmt::format("{} holds no number of instances", file.string())),
        "Remove it: the number begins with what is configured.");
}

bool has(const std::vector<SideServer>& servers, const std::string& name)
{
    return std::ranges::find(servers, name, &SideServer::name) != servers.end();
}

std::vector<SideServer> firstOf(std::vector<SideServer> servers, int count)
{
    if (count > 0 && servers.size() > static_cast<std::size_t>(count)) {
        servers.resize(static_cast<std::size_t>(count));
    }
    return servers;
}

absl::Status notKnown(const std::string& application)
{
    return absl::UnavailableError(
        fmt::format("HAProxy has not told yet which servers {} has", application));
}

} // namespace

absl::StatusOr<std::unique_ptr<ServerPool>> ServerPool::open(Parts parts)
{
    PH_RETURN_IF_ERROR(platform::makeFolder(parts.folder, fs::perms::owner_all));
    int count = 0;
    if (parts.isScaled) {
        PH_ASSIGN_OR_RETURN(count, readCount(parts.folder / "pool.json"));
    }
    if (count == 0 && parts.own != nullptr && parts.processes != nullptr) {
        count = parts.application.instances;
    }
    std::unique_ptr<ServerPool> pool(new ServerPool(std::move(parts), count));
    if (pool->m_parts.own != nullptr) {
        PH_ASSIGN_OR_RETURN(
            const std::string map, platform::readSmallFile(pool->m_parts.place.map));
        PH_ASSIGN_OR_RETURN(const auto entries, haproxy::parseMapFile(map));
        pool->m_standby = pool->m_backends.colourOf(haproxy::valueOf(entries, kStandbyKey));
        PH_RETURN_IF_ERROR(pool->configure(pool->serversNow()));
    }
    pool->m_thread = std::thread([raw = pool.get()] { raw->run(); });
    return pool;
}

ServerPool::ServerPool(Parts parts, int count)
    : m_parts(std::move(parts)),
      m_backends{m_parts.application.blueBackend, m_parts.application.greenBackend},
      m_count(count)
{}

ServerPool::~ServerPool()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_all();
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

int ServerPool::wantedCount() const
{
    const std::lock_guard lock(m_mutex);
    return m_count;
}

std::vector<SideServer> ServerPool::serversOf(Colour colour, int count) const
{
    const bool isBlue = colour == Colour::Blue;
    if (m_parts.own == nullptr) {
        const std::lock_guard lock(m_mutex);
        return firstOf(isBlue ? m_bluePlaces : m_greenPlaces, count);
    }
    const config::RolloutApplication& application = m_parts.application;
    std::vector<SideServer> servers;
    const auto& given = isBlue ? application.blueServers : application.greenServers;
    const auto add = [&](const std::string& address) {
        servers.push_back(
            {fmt::format("{}{}", m_backends.of(colour), servers.size() + 1), address});
    };
    for (const std::string& address : given) {
        add(address);
    }
    for (int index = 0; given.empty() && index < count; ++index) {
        add(fmt::format("127.0.0.1:{}", application.firstPort + 2 * index + (isBlue ? 0 : 1)));
    }
    return servers;
}

HaproxyServers ServerPool::serversNow() const
{
    const int count = wantedCount();
    return {serversOf(Colour::Blue, count), serversOf(Colour::Green, count), m_standby};
}

absl::StatusOr<std::vector<SideServer>> ServerPool::servers(Colour colour) const
{
    auto servers = serversOf(colour, wantedCount());
    return servers.empty()
               ? absl::StatusOr<std::vector<SideServer>>(notKnown(m_parts.application.name))
               : servers;
}

std::set<std::string> ServerPool::names(Colour colour) const
{
    std::set<std::string> names;
    for (SideServer& server : serversOf(colour, wantedCount())) {
        names.insert(std::move(server.name));
    }
    return names;
}

absl::StatusOr<int> ServerPool::count() const
{
    const auto servers = serversOf(Colour::Blue, wantedCount());
    return servers.empty() ? absl::StatusOr<int>(notKnown(m_parts.application.name))
                           : static_cast<int>(servers.size());
}

absl::Status ServerPool::configure(const HaproxyServers& servers)
{
    if (m_parts.own == nullptr || m_configured == servers) {
        return absl::OkStatus();
    }
    PH_RETURN_IF_ERROR(
        m_parts.own->configure(haproxyConfiguration(m_parts.application, m_parts.place, servers)));
    m_configured = servers;
    return absl::OkStatus();
}

absl::Status ServerPool::setCount(int seen, int count)
{
    PH_ASSIGN_OR_RETURN(const int before, this->count());
    if (before != seen) {
        return absl::AbortedError(
            fmt::format("there are {} servers of each side, not {}", before, seen));
    }
    if (m_parts.own == nullptr) {
        const auto places =
            std::min(serversOf(Colour::Blue, 0).size(), serversOf(Colour::Green, 0).size());
        if (static_cast<std::size_t>(count) > places) {
            return withHint(
                absl::FailedPreconditionError(fmt::format(
                    "the backends of {} have {} servers each, and {} are wanted",
                    m_parts.application.name,
                    places,
                    count)),
                "Add server lines to HAProxy's configuration, or lower the policy's maximum.");
        }
    }
    PH_RETURN_IF_ERROR(platform::replaceFile(
        m_parts.folder / "pool.json", Json{{"instances", count}}.dump() + "\n"));
    {
        const std::lock_guard lock(m_mutex);
        m_count = count;
    }
    m_wake.notify_all();
    return absl::OkStatus();
}

absl::StatusOr<ServerPool::Rows> ServerPool::rows()
{
    m_asked = m_parts.clock.monotonic();
    return m_parts.haproxy.statistics({m_backends.blue, m_backends.green});
}

absl::Status ServerPool::endStandby()
{
    if (m_parts.own == nullptr) {
        return absl::OkStatus();
    }
    const std::lock_guard lock(m_arranging);
    m_standby.reset();
    PH_RETURN_IF_ERROR(configure(serversNow()));
    PH_ASSIGN_OR_RETURN(const Rows rows, this->rows());
    for (const StatRow& row : rows) {
        if (row.isServer() && row.isBackup) {
            PH_RETURN_IF_ERROR(m_parts.haproxy.removeServer(row.proxy, row.server));
        }
    }
    return absl::OkStatus();
}

void ServerPool::run()
{
    absl::Duration told = -absl::InfiniteDuration();
    std::unique_lock lock(m_mutex);
    while (!m_isStopping) {
        lock.unlock();
        const absl::Status status = look();
        const absl::Duration now = m_parts.clock.monotonic();
        // That HAProxy does not answer is told elsewhere.
        if (!status.ok() && !absl::IsUnavailable(status) && now - told > kTellAgain) {
            told = now;
            spdlog::warn("rollouts of {}: {}", m_parts.application.name, describe(status));
        }
        lock.lock();
        m_wake.wait_for(lock, kLook);
    }
}

void ServerPool::notePlaces(const Rows& rows)
{
    const std::lock_guard lock(m_mutex);
    m_bluePlaces.clear();
    m_greenPlaces.clear();
    for (const StatRow& row : rows) {
        if (row.isServer() && !row.isBackup) {
            (row.proxy == m_backends.blue ? m_bluePlaces : m_greenPlaces)
                .push_back({row.server, row.address});
        }
    }
}

absl::Status ServerPool::look()
{
    const std::lock_guard lock(m_arranging);
    if (m_parts.own != nullptr) {
        PH_ASSIGN_OR_RETURN(const auto entries, m_parts.haproxy.map(m_parts.place.map));
        m_standby = m_backends.colourOf(haproxy::valueOf(entries, kStandbyKey));
    }
    PH_ASSIGN_OR_RETURN(const Rows rows, this->rows());
    if (m_parts.own == nullptr) {
        notePlaces(rows);
    }
    const HaproxyServers servers = serversNow();
    absl::Status status = configure(servers);
    for (const Colour colour : {Colour::Blue, Colour::Green}) {
        status.Update(
            m_parts.own != nullptr ? arrangeOwn(colour, servers, rows)
                                   : arrangePlaces(colour, servers.of(colour), rows));
        if (m_parts.processes != nullptr) {
            arrangeProcesses(colour, servers.of(colour), rows);
        }
    }
    return status;
}

absl::Status ServerPool::drain(Colour colour, const StatRow& row)
{
    const std::string name = row.proxy + "/" + row.server;
    if (m_drains.contains(name)) {
        return absl::OkStatus();
    }
    PH_RETURN_IF_ERROR(m_parts.haproxy.drainServer(row.proxy, row.server));
    m_drains.emplace(name, m_parts.clock.monotonic());
    spdlog::info(
        "rollouts of {}: {} of {} gets no more requests",
        m_parts.application.name,
        row.server,
        std::string(colourName(colour)));
    return absl::OkStatus();
}

/// Where it is the standby of the other side, too, it is asked there as well.
bool ServerPool::isDrained(Colour colour, const StatRow& row, const Rows& rows) const
{
    const auto since = m_drains.find(m_backends.of(colour) + "/" + row.server);
    // What was asked before it was drained says nothing.
    if (since == m_drains.end() || since->second >= m_asked) {
        return false;
    }
    const bool isLongEnough =
        m_parts.clock.monotonic() - since->second > m_parts.application.drainMost;
    return isLongEnough || std::ranges::all_of(rows, [&](const StatRow& other) {
               return !other.isServer() || other.address != row.address ||
                      other.current + other.queued == 0;
           });
}

absl::Status ServerPool::arrangeOwn(Colour colour, const HaproxyServers& servers, const Rows& rows)
{
    const std::string& backend = m_backends.of(colour);
    const std::vector<SideServer> standbys =
        servers.standby == other(colour) ? servers.of(other(colour)) : std::vector<SideServer>();
    std::vector<SideServer> missing = servers.of(colour);
    std::vector<SideServer> missingStandbys = standbys;
    absl::Status status;
    for (const StatRow& row : rows) {
        if (row.proxy != backend || !row.isServer()) {
            continue;
        }
        const SideServer server{row.server, row.address};
        if (std::erase(row.isBackup ? missingStandbys : missing, server) != 0) {
            m_drains.erase(backend + "/" + row.server);
            if (row.status.starts_with("MAINT")) {
                // As one is that was added by a server that ended then: without checks, too.
                status.Update(m_parts.haproxy.addServer(
                    backend, server.name, server.address, serverOptions(row.isBackup)));
            } else if (row.status.starts_with("DRAIN")) {
                status.Update(m_parts.haproxy.resumeServer(backend, row.server));
            }
        } else if (row.isBackup || isDrained(colour, row, rows)) {
            // As long as it has connections it is refused, and tried again.
            if (m_parts.haproxy.removeServer(backend, row.server).ok()) {
                m_drains.erase(backend + "/" + row.server);
            }
        } else {
            status.Update(drain(colour, row));
        }
    }
    for (const SideServer& server : missing) {
        status.Update(
            m_parts.haproxy.addServer(backend, server.name, server.address, serverOptions(false)));
    }
    for (const SideServer& server : missingStandbys) {
        status.Update(
            m_parts.haproxy.addServer(backend, server.name, server.address, serverOptions(true)));
    }
    return status;
}

absl::Status ServerPool::arrangePlaces(
    Colour colour, const std::vector<SideServer>& servers, const Rows& rows)
{
    absl::Status status;
    if (!m_parts.isScaled) {
        return status; // who drains a server by hand has a reason
    }
    for (const StatRow& row : rows) {
        if (row.proxy != m_backends.of(colour) || !row.isServer() || row.isBackup) {
            continue;
        }
        if (!has(servers, row.server)) {
            status.Update(drain(colour, row));
        } else if (
            m_drains.erase(row.proxy + "/" + row.server) != 0 || row.status.starts_with("DRAIN")) {
            status.Update(m_parts.haproxy.resumeServer(row.proxy, row.server));
        }
    }
    return status;
}

void ServerPool::arrangeProcesses(
    Colour colour, const std::vector<SideServer>& servers, const Rows& rows)
{
    const std::vector<SideServer> before = m_parts.processes->wanted(colour);
    if (servers.empty() || before.empty()) {
        return;
    }
    std::vector<SideServer> running = servers;
    for (const SideServer& server : before) {
        const auto row = std::ranges::find_if(rows, [&](const StatRow& one) {
            return one.proxy == m_backends.of(colour) && one.server == server.name && !one.isBackup;
        });
        if (!has(servers, server.name) && row != rows.end() && !isDrained(colour, *row, rows)) {
            running.push_back(server);
        }
    }
    if (running == before) {
        return;
    }
    if (const auto changed = m_parts.processes->run(colour, running, false); !changed.ok()) {
        spdlog::warn("rollouts of {}: {}", m_parts.application.name, describe(changed.status()));
    }
}

} // namespace pilothouse::rollouts
