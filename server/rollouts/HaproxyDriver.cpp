// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/HaproxyDriver.h"

#include "server/platform/faults/Faults.h"
#include "server/platform/process/DurableFile.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pilothouse::rollouts {

namespace {

using haproxy::MapEntry;
using haproxy::StatRow;
using Entries = std::vector<MapEntry>;

/// How many servers are named; a list of hundreds helps nobody.
constexpr int kNamedServers = 20;
constexpr std::int64_t kWhole = 100;
/// A reload, or somebody else, may come between the map and its file; each time is a new look.
constexpr int kTries = 3;

/// The same entries in their order, these ones set.
Entries with(Entries entries, const Entries& set)
{
    for (const MapEntry& entry : set) {
        const auto found = std::ranges::find(entries, entry.key, &MapEntry::key);
        if (found == entries.end()) {
            entries.push_back(entry);
        } else {
            found->value = entry.value;
        }
    }
    return entries;
}

bool holds(const Entries& entries, const Entries& wanted)
{
    return std::ranges::all_of(wanted, [&](const MapEntry& entry) {
        return haproxy::valueOf(entries, entry.key) == entry.value;
    });
}

} // namespace

absl::StatusOr<std::unique_ptr<HaproxyDriver>> HaproxyDriver::open(
    const config::RolloutApplication& application, const Clock& clock, Parts parts)
{
    const HaproxyPlace place = parts.place;
    const std::filesystem::path folder = parts.folder;
    const bool isCounted = parts.isCounted;
    const bool isScaled = parts.isScaled;
    std::unique_ptr<HaproxyDriver> driver(new HaproxyDriver(application, clock, std::move(parts)));
    if (driver->m_processes != nullptr) {
        driver->m_processes->beforeStart(
            [self = driver.get()](const std::string& address) { self->forgetHealth(address); });
    }
    if (driver->m_own != nullptr || isCounted) {
        PH_ASSIGN_OR_RETURN(
            driver->m_pool,
            ServerPool::open(
                {application,
                 driver->m_haproxy,
                 clock,
                 folder,
                 driver->m_processes.get(),
                 driver->m_own.get(),
                 place,
                 isScaled}));
    }
    return driver;
}

HaproxyDriver::HaproxyDriver(
    const config::RolloutApplication& application, const Clock& clock, Parts parts)
    : m_application(application),
      m_backends{application.blueBackend, application.greenBackend},
      m_haproxy(application.haproxySocket),
      m_clock(clock),
      m_mapMutex(std::move(parts.mapMutex)),
      m_queries(std::move(parts.queries)),
      m_processes(std::move(parts.processes)),
      m_own(std::move(parts.own))
{}

HaproxyDriver::~HaproxyDriver() = default;

bool HaproxyDriver::canSplit() const
{
    return !m_application.splitKey.empty() && !m_application.previewKey.empty();
}

std::optional<Colour> HaproxyDriver::colourIn(const Entries& entries) const
{
    return m_backends.colourOf(haproxy::valueOf(entries, m_application.mapKey));
}

SwitchRight HaproxyDriver::rightIn(const Entries& entries) const
{
    return switchRightIn(haproxy::valueOf(entries, kFenceKey + m_application.name));
}

int HaproxyDriver::splitPercentIn(const Entries& entries) const
{
    std::int64_t percent = 0;
    // What is no number is 0 for HAProxy, too.
    static_cast<void>(
        haproxy::parseNumber(haproxy::valueOf(entries, m_application.splitKey), percent));
    return static_cast<int>(std::clamp<std::int64_t>(percent, 0, kWhole));
}

HaproxyDriver::Entries HaproxyDriver::entriesFor(
    const RoutingOrder& order, const Entries& live) const
{
    const Routing& routing = order.routing;
    Entries entries{{m_application.mapKey, m_backends.of(routing.active)}};
    if (!m_application.previewKey.empty()) {
        entries.push_back({m_application.previewKey, m_backends.of(other(routing.active))});
    }
    if (!m_application.splitKey.empty()) {
        entries.push_back({m_application.splitKey, std::to_string(routing.splitPercent)});
    }
    if (m_own != nullptr && order.isPromotion && colourIn(live) == other(routing.active)) {
        entries.push_back({kStandbyKey, m_backends.of(other(routing.active))});
    }
    entries.push_back({kFenceKey + m_application.name, toText(order.right)});
    return entries;
}

void HaproxyDriver::forgetHealth(const std::string& address) const
{
    const auto rows = m_haproxy.statistics({m_backends.blue, m_backends.green});
    if (!rows.ok()) {
        return; // it is not there yet, and begins with checks of its own
    }
    for (const StatRow& row : *rows) {
        // Without checks nobody would say that it is up again.
        if (row.isServer() && row.address == address && row.status.starts_with("UP")) {
            m_haproxy.setDown(row.proxy, row.server).IgnoreError();
        }
    }
}

Side HaproxyDriver::sideOf(Colour colour, const std::vector<StatRow>& rows) const
{
    const std::string& backend = m_backends.of(colour);
    Side side;
    side.name = backend;
    side.backend = backend;
    // Once a look, and not once a row: a pool may have a thousand.
    const std::set<std::string> members =
        m_pool != nullptr ? m_pool->names(colour) : std::set<std::string>();
    const std::set<std::string> running =
        m_processes != nullptr ? m_processes->running(colour) : std::set<std::string>();
    for (const StatRow& row : rows) {
        if (row.proxy != backend) {
            continue;
        }
        if (!row.isServer()) {
            side.inFlight = row.current + row.queued;
            side.responses = row.responses;
            side.serverErrors = row.responses5xx;
            side.clientErrors = row.responses4xx;
            continue;
        }
        // A server of the other side that stands in when all of this one are gone, and one that is
        // not used or on its way out.
        if (row.isBackup || (!members.empty() && !members.contains(row.server))) {
            continue;
        }
        ++side.serversTotal;
        // HAProxy notices an end at its next check only.
        const bool runs = m_processes == nullptr || running.contains(row.server);
        side.serversUp += row.isUp() && runs ? 1 : 0;
        side.timesDown += row.timesDown;
        if (side.serversTotal <= kNamedServers) {
            side.servers +=
                fmt::format("{}{} {}", side.servers.empty() ? "" : ", ", row.server, row.address);
        }
    }
    return side;
}

absl::StatusOr<Observation> HaproxyDriver::observe() const
{
    PH_ASSIGN_OR_RETURN(const Entries live, m_haproxy.map(m_application.mapFile));
    PH_ASSIGN_OR_RETURN(
        const auto rows,
        m_haproxy.statistics({m_application.blueBackend, m_application.greenBackend}));
    Observation observation;
    observation.time = m_clock.now();
    observation.active = colourIn(live);
    observation.splitPercent = splitPercentIn(live);
    observation.fence = rightIn(live).fence;
    if (!observation.active) {
        const std::string value = haproxy::valueOf(live, m_application.mapKey);
        observation.found = value.empty()
                                ? fmt::format("the map has no key {}", m_application.mapKey)
                                : fmt::format("{} → {}", m_application.mapKey, value);
    }
    // A file that cannot be read names no side: it is a drift, and is written anew.
    const auto text = platform::readSmallFile(m_application.mapFile);
    if (text.ok()) {
        if (const auto stored = haproxy::parseMapFile(*text); stored.ok()) {
            observation.activeAfterRestart = colourIn(*stored);
            observation.splitPercentAfterRestart = splitPercentIn(*stored);
        }
    }
    observation.blue = sideOf(Colour::Blue, rows);
    observation.green = sideOf(Colour::Green, rows);
    if (m_queries != nullptr) {
        m_queries->fillTimed(observation);
    }
    if (m_processes != nullptr) {
        // What a plan is bound to: another program is another candidate.
        for (const Colour colour : {Colour::Blue, Colour::Green}) {
            if (const std::string version = m_processes->version(colour); !version.empty()) {
                Side& side = colour == Colour::Blue ? observation.blue : observation.green;
                // Of a pool the version alone: one server more is no other candidate.
                side.servers =
                    m_pool != nullptr ? version : fmt::format("{} ({})", side.servers, version);
            }
        }
    }
    return observation;
}

absl::StatusOr<bool> HaproxyDriver::isKept(const Entries& wanted) const
{
    PH_ASSIGN_OR_RETURN(const Entries live, m_haproxy.map(m_application.mapFile));
    PH_ASSIGN_OR_RETURN(const std::string text, platform::readSmallFile(m_application.mapFile));
    PH_ASSIGN_OR_RETURN(const Entries stored, haproxy::parseMapFile(text));
    return holds(live, wanted) && holds(stored, wanted);
}

absl::Status HaproxyDriver::route(const RoutingOrder& order)
{
    // What runs on a side is a matter of the configuration, not of the moment.
    const Routing& routing = order.routing;
    if (routing.splitPercent != 0 && !canSplit()) {
        return absl::FailedPreconditionError(fmt::format(
            "{} has no split_key and preview_key: its traffic cannot be split",
            m_application.name));
    }
    const std::lock_guard lock(*m_mapMutex);
    for (int tried = 0; tried < kTries; ++tried) {
        PH_ASSIGN_OR_RETURN(const Entries live, m_haproxy.map(m_application.mapFile));
        PH_RETURN_IF_ERROR(checkNotOlder(order.right, rightIn(live)));
        PH_ASSIGN_OR_RETURN(const bool isDone, writeMap(live, entriesFor(order, live)));
        if (isDone) {
            if (m_pool != nullptr) {
                m_pool->wake(); // who stands in may be another side now
            }
            return absl::OkStatus();
        }
    }
    return absl::UnavailableError(fmt::format(
        "the map {} is changed by somebody else all the time", m_application.mapFile.string()));
}

absl::StatusOr<bool> HaproxyDriver::writeMap(const Entries& live, const Entries& wanted)
{
    // In memory first: what was decided stands in the database or in the journal, so the traffic
    // need not wait for the disk. Whoever reloads HAProxy before the file is there is found
    // afterwards, and it is done again.
    if (!holds(live, wanted)) {
        // What others keep in the map is theirs: it stays as it is in memory, not as in the file.
        PH_RETURN_IF_ERROR(m_haproxy.replaceMap(m_application.mapFile, with(live, wanted)));
        PH_FAULT("rollouts.after_map");
    }
    PH_RETURN_IF_ERROR(writeMapFile(wanted));
    return isKept(wanted);
}

absl::Status HaproxyDriver::writeMapFile(const Entries& wanted)
{
    auto text = platform::readSmallFile(m_application.mapFile);
    if (!text.ok() && !absl::IsNotFound(text.status())) {
        return text.status();
    }
    const std::string before = text.ok() ? *text : std::string();
    const std::string after = haproxy::withEntries(before, wanted);
    if (!text.ok() || after != before) {
        PH_RETURN_IF_ERROR(platform::replaceFile(m_application.mapFile, after));
        PH_FAULT("rollouts.after_file");
    }
    return absl::OkStatus();
}

absl::Status HaproxyDriver::endStandby()
{
    if (m_own == nullptr) {
        return absl::OkStatus();
    }
    {
        const MapEntry nobody{kStandbyKey, kNobody};
        const std::lock_guard lock(*m_mapMutex);
        PH_ASSIGN_OR_RETURN(const Entries live, m_haproxy.map(m_application.mapFile));
        if (holds(live, {nobody})) {
            return absl::OkStatus();
        }
        // This entry alone: nothing here may undo a switch of a later leader.
        PH_RETURN_IF_ERROR(m_haproxy.setMapEntry(m_application.mapFile, nobody));
        PH_RETURN_IF_ERROR(writeMapFile({nobody}));
    }
    return m_pool->endStandby();
}

absl::StatusOr<ServerCount> HaproxyDriver::serverCount() const
{
    if (!canScale()) {
        return Driver::serverCount();
    }
    PH_ASSIGN_OR_RETURN(const int count, m_pool->count());
    return ServerCount{count};
}

absl::Status HaproxyDriver::scale(const ServerCount& seen, int servers)
{
    return canScale() ? m_pool->setCount(seen.wanted, servers) : Driver::scale(seen, servers);
}

absl::Status HaproxyDriver::problem() const
{
    if (m_own != nullptr) {
        PH_RETURN_IF_ERROR(m_own->problem());
    }
    return m_processes != nullptr ? m_processes->problem() : absl::OkStatus();
}

absl::StatusOr<std::vector<SideServer>> HaproxyDriver::serversOf(Colour colour) const
{
    if (m_pool != nullptr) {
        return m_pool->servers(colour);
    }
    const std::string& backend = m_backends.of(colour);
    PH_ASSIGN_OR_RETURN(const auto rows, m_haproxy.statistics({backend}));
    std::vector<SideServer> servers;
    for (const StatRow& row : rows) {
        if (row.proxy == backend && row.isServer() && !row.isBackup) {
            servers.push_back({row.server, row.address});
        }
    }
    if (servers.empty()) {
        return absl::FailedPreconditionError(
            fmt::format("HAProxy's backend {} has no servers to run", backend));
    }
    return servers;
}

absl::Status HaproxyDriver::hold(Colour active)
{
    if (m_processes == nullptr || m_processes->isWanted(active)) {
        return absl::OkStatus();
    }
    PH_ASSIGN_OR_RETURN(const auto servers, serversOf(active));
    return m_processes->run(active, servers, false).status();
}

absl::StatusOr<bool> HaproxyDriver::prepare(
    Colour candidate, int /*servers*/, const SwitchRight& /*right*/)
{
    PH_RETURN_IF_ERROR(endStandby());
    if (m_processes == nullptr) {
        return false;
    }
    PH_ASSIGN_OR_RETURN(const auto servers, serversOf(candidate));
    PH_ASSIGN_OR_RETURN(const Observation observation, observe());
    // Only what has no traffic is replaced.
    const bool isIdle = observation.active == other(candidate) && observation.splitPercent == 0;
    return m_processes->run(candidate, servers, isIdle);
}

absl::Status HaproxyDriver::release(Colour colour)
{
    if (m_processes == nullptr && m_own == nullptr) {
        return absl::OkStatus();
    }
    PH_ASSIGN_OR_RETURN(const Observation observation, observe());
    if (observation.active != other(colour) || observation.splitPercent != 0) {
        return absl::FailedPreconditionError(fmt::format(
            "{} is not stopped: the traffic is not on {}",
            std::string(colourName(colour)),
            std::string(colourName(other(colour)))));
    }
    PH_RETURN_IF_ERROR(endStandby());
    return m_processes != nullptr ? m_processes->stop(colour).status() : absl::OkStatus();
}

absl::Status HaproxyDriver::dismiss(Colour candidate, const SwitchRight& /*right*/)
{
    return m_processes != nullptr && m_processes->isWanted(candidate) ? release(candidate)
                                                                      : absl::OkStatus();
}

} // namespace pilothouse::rollouts
