// SPDX-License-Identifier: Apache-2.0
// The part of Registry.h about calls: who takes the next one, and how they ended.
#include "server/services/Registry.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pilothouse::services {

namespace {

constexpr absl::Duration kRetry = absl::Seconds(1);
constexpr double kUsualWeight = 100;
/// What nothing is known of may be tried, but not before what is known to be good.
constexpr double kUnknownHealth = 0.5;
constexpr std::size_t kNamed = 3;

/// To three digits, so that what hardly changes is not told again and again.
double rounded(double value)
{
    if (value == 0 || !std::isfinite(value)) {
        return 0;
    }
    const double unit = std::pow(10, std::floor(std::log10(std::abs(value))) - 2);
    return std::round(value / unit) * unit;
}

bool contains(const std::vector<std::string>& texts, const std::string& text)
{
    return std::ranges::find(texts, text) != texts.end();
}

} // namespace

const std::vector<Registry::Entry*>& Registry::ableOf(Service& service)
{
    if (!std::exchange(service.isAbleKnown, true)) {
        service.able.clear();
        for (auto& [id, entry] : service.instances) {
            if (!entry.stored.isDraining && entry.health.state() != InstanceState::Unhealthy) {
                service.able.push_back(&entry);
            }
        }
    }
    return service.able;
}

/// Healthy ones where there are any; of those, the ones kept for the tenant where there are any.
std::vector<Registry::Entry*> Registry::matching(Service& service, const ResolveWish& wish)
{
    std::vector<Entry*> found;
    int best = 0;
    for (Entry* entry : ableOf(service)) {
        const InstanceSpec& spec = entry->stored.spec;
        const bool isKept = !spec.tenants.empty();
        const bool isWanted = (wish.colour.empty() || spec.colour == wish.colour) &&
                              (wish.version.empty() || spec.version == wish.version) &&
                              (!isKept || contains(spec.tenants, wish.tenant)) &&
                              !contains(wish.excludedIds, spec.key.id);
        const int rank =
            (entry->health.state() == InstanceState::Healthy ? 2 : 0) + (isKept ? 1 : 0);
        if (!isWanted || rank < best) {
            continue;
        }
        if (rank > best) {
            best = rank;
            found.clear();
        }
        found.push_back(entry);
    }
    return found;
}

Candidate Registry::candidateOf(Entry& entry, absl::Duration now) const
{
    Candidate candidate;
    candidate.weight = entry.stored.spec.weight / kUsualWeight;
    // A program that counts its calls counts those of everybody; what was resolved since its last
    // heartbeat only we know.
    candidate.connections =
        std::max(entry.traffic.inFlight(now), entry.load.connections.value_or(0)) +
        entry.load.queue.value_or(0);
    candidate.responseSeconds = entry.traffic.responseSeconds();
    candidate.peakSeconds = entry.traffic.peakSeconds(now);
    const double sound = 1 - std::min(entry.traffic.errorRatio(now), 1.0);
    candidate.health =
        sound * sound * (entry.health.state() == InstanceState::Healthy ? 1 : kUnknownHealth);
    candidate.turn = &entry.turn;
    return candidate;
}

absl::Status Registry::whyNobody(const Service& service, const ResolveWish& wish) const
{
    int draining = 0;
    int unhealthy = 0;
    std::string named;
    std::size_t names = 0;
    for (const auto& [id, entry] : service.instances) {
        draining += entry.stored.isDraining ? 1 : 0;
        if (entry.health.state() == InstanceState::Unhealthy) {
            ++unhealthy;
            if (names++ < kNamed) {
                named += fmt::format("; {}: {}", id, entry.health.problem());
            }
        }
    }
    return withRetryDelay(
        withHint(
            absl::UnavailableError(fmt::format(
                "no instance of {} can take this call: of {}, {} unhealthy and {} draining{}",
                wish.service,
                service.instances.size(),
                unhealthy,
                draining,
                named)),
            "Look at them with 'pilothousectl services show'; colour, version, tenant and excluded "
            "ids of the call count, too."),
        kRetry);
}

absl::StatusOr<std::vector<Resolved>> Registry::resolve(const ResolveWish& wish)
{
    const std::lock_guard lock(m_mutex);
    const auto service = m_services.find(wish.service);
    if (service == m_services.end()) {
        m_metrics.unresolved.Increment();
        return withHint(
            absl::NotFoundError(fmt::format("there is no service '{}'", wish.service)),
            "List them with 'pilothousectl services list'.");
    }
    std::vector<Entry*> candidates = matching(service->second, wish);
    if (candidates.empty()) {
        m_metrics.unresolved.Increment();
        return whyNobody(service->second, wish);
    }
    const absl::Duration now = m_clock.monotonic();
    std::vector<Resolved> result;
    while (!candidates.empty() && result.size() < std::max<std::size_t>(wish.limit, 1)) {
        const std::size_t chosen = choose(
            wish.strategy,
            candidates.size(),
            [&](std::size_t index) { return candidateOf(*candidates[index], now); },
            m_dice);
        Entry& entry = *candidates[chosen];
        if (result.empty()) {
            entry.traffic.resolved(now);
        }
        const InstanceSpec& spec = entry.stored.spec;
        result.push_back({spec.key.id, spec.address, spec.version, spec.colour, spec.metadata});
        candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(chosen));
    }
    m_metrics.resolved[static_cast<std::size_t>(wish.strategy)]->Increment();
    return result;
}

void Registry::report(const std::string& service, const std::vector<CallOutcome>& outcomes)
{
    const std::lock_guard lock(m_mutex);
    const absl::Duration now = m_clock.monotonic();
    for (const CallOutcome& outcome : outcomes) {
        if (Entry* entry = find({service, outcome.instanceId})) {
            entry->traffic.finished(now, outcome.latency, outcome.hasFailed);
        }
    }
}

void Registry::measureService(Service& service, absl::Duration now)
{
    double fastest = 0;
    for (auto& [id, entry] : service.instances) {
        const double mine = entry.traffic.responseSeconds();
        fastest = mine > 0 && (fastest == 0 || mine < fastest) ? mine : fastest;
    }
    for (auto& [id, entry] : service.instances) {
        const Candidate candidate = candidateOf(entry, now);
        const bool isOut =
            entry.stored.isDraining || entry.health.state() == InstanceState::Unhealthy;
        TrafficView view;
        view.inFlight = entry.traffic.inFlight(now);
        view.responseTime =
            absl::Trunc(absl::Seconds(rounded(candidate.responseSeconds)), absl::Microseconds(1));
        view.errorRatio = rounded(entry.traffic.errorRatio(now));
        view.resolvedPerSecond = rounded(entry.traffic.resolvedPerSecond(now));
        view.score = isOut ? 0 : rounded(scoreOf(candidate, fastest));
        if (entry.isStale || view != entry.shownTraffic) {
            entry.shownTraffic = view;
            show(entry);
        }
    }
}

void Registry::measure()
{
    const std::lock_guard lock(m_mutex);
    const absl::Duration now = m_clock.monotonic();
    for (auto& [name, service] : m_services) {
        measureService(service, now);
    }
    count();
}

} // namespace pilothouse::services
