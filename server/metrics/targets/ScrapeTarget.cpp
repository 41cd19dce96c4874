// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/targets/ScrapeTarget.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::metrics {

namespace {

/// Targets whose turns fall into the same stretch are scraped in one wake-up: the code is warm and
/// the thread sleeps longer.
constexpr absl::Duration kTurn = absl::Milliseconds(50);
/// Shorter intervals are spread finely.
constexpr int kFewestTurns = 10;

bool startsWith(std::string_view text, std::string_view prefix)
{
    return text.substr(0, prefix.size()) == prefix;
}

/// What a query may hold unescaped (RFC 3986, unreserved).
std::string percentEncoded(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        const bool isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (isPlain) {
            out += c;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

std::string valueOf(
    const std::map<std::string, std::string>& labels, const char* name, std::string_view otherwise)
{
    const auto found = labels.find(name);
    return found != labels.end() && !found->second.empty() ? found->second : std::string(otherwise);
}

std::string queryOf(const std::map<std::string, std::string>& labels)
{
    constexpr std::string_view kParameter = "__param_";
    std::string query;
    for (const auto& [name, value] : labels) {
        if (startsWith(name, kParameter)) {
            query += query.empty() ? "" : "&";
            query += percentEncoded(std::string_view(name).substr(kParameter.size())) + "=" +
                     percentEncoded(value);
        }
    }
    return query;
}

} // namespace

std::string ScrapeTarget::key() const
{
    return url.toString() + " " + labels.toString();
}

absl::StatusOr<ScrapeTarget> resolveTarget(
    const config::ScrapeJob& job,
    const std::string& address,
    const std::map<std::string, std::string>& groupLabels)
{
    std::map<std::string, std::string> labels = job.labels;
    for (const auto& [name, value] : groupLabels) {
        labels[name] = value;
    }
    std::string path = valueOf(labels, "__metrics_path__", job.metricsPath);
    if (!startsWith(path, "/")) {
        path.insert(0, 1, '/');
    }
    const std::string query = queryOf(labels);
    const std::string separator = query.empty()                         ? ""
                                  : path.find('?') != std::string::npos ? "&"
                                                                        : "?";
    const std::string where = valueOf(labels, "__address__", address);
    PH_ASSIGN_OR_RETURN(
        auto url,
        platform::parseHttpUrl(fmt::format(
            "{}://{}{}{}{}",
            valueOf(labels, "__scheme__", job.scheme),
            where,
            path,
            separator,
            query)));
    ScrapeTarget target;
    target.job = valueOf(labels, "job", job.job);
    std::vector<Labels::Pair> kept;
    for (const auto& [name, value] : labels) {
        if (!startsWith(name, "__")) {
            kept.emplace_back(name, value);
        }
    }
    target.labels = Labels(std::move(kept));
    target.labels.set("job", target.job);
    if (!target.labels.has("instance")) {
        target.labels.set("instance", where);
    }
    target.url = std::move(url);
    target.interval = std::max(job.interval, absl::Milliseconds(100));
    target.timeout = std::min(job.timeout, target.interval);
    target.limits = {
        .bodyBytes = job.bodyLimitBytes,
        .samples = job.sampleLimit,
        .labels = job.labelLimit,
        .labelValueBytes = job.labelValueLimit};
    target.caFile = job.caFile;
    target.token = job.token;
    return target;
}

absl::Duration scrapeOffset(const std::string& key, absl::Duration interval)
{
    // FNV-1a with a final mix, because it must be the same in every run.
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : key) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    }
    hash ^= hash >> 33U;
    hash *= 0xff51afd7ed558ccdULL;
    hash ^= hash >> 33U;
    const auto nanos =
        static_cast<std::uint64_t>(std::max<std::int64_t>(absl::ToInt64Nanoseconds(interval), 1));
    const absl::Duration offset = absl::Nanoseconds(static_cast<std::int64_t>(hash % nanos));
    return interval < kTurn * kFewestTurns ? offset : absl::Floor(offset, kTurn);
}

absl::Duration waitForScrape(absl::Time now, absl::Duration interval, absl::Duration offset)
{
    absl::Duration phase = (now - absl::UnixEpoch()) % interval;
    if (phase < absl::ZeroDuration()) {
        phase += interval;
    }
    absl::Duration wait = offset - phase;
    if (wait <= absl::ZeroDuration()) {
        wait += interval;
    }
    return wait;
}

} // namespace pilothouse::metrics
