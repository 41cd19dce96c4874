// SPDX-License-Identifier: Apache-2.0
#include "server/config/Keys.h"
#include "server/config/Values.h"
#include "shared/rollouts/ChangeWindow.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <set>

namespace pilothouse::config {

namespace {

class Checker
{
public:
    explicit Checker(const KeyLines& lines) : m_lines(lines) {}

    /// Adds a problem at the first of `keys` that the file has, or without a line when it has none.
    void require(bool holds, const std::vector<std::string>& keys, std::string message)
    {
        if (holds) {
            return;
        }
        Problem problem{0, keys.front(), std::move(message)};
        for (const auto& key : keys) {
            const auto found = m_lines.find(key);
            if (found != m_lines.end()) {
                problem.line = found->second;
                problem.key = key;
                break;
            }
        }
        m_problems.push_back(std::move(problem));
    }

    std::vector<Problem> take() { return std::move(m_problems); }

private:
    const KeyLines& m_lines;
    std::vector<Problem> m_problems;
};

void checkPool(Checker& checker, const Pool& pool, const std::string& prefix)
{
    checker.require(
        pool.minimum <= pool.maximum,
        {prefix + ".minimum", prefix + ".maximum"},
        fmt::format(
            "{}.minimum ({}) must not be greater than {}.maximum ({})",
            prefix,
            pool.minimum,
            prefix,
            pool.maximum));
}

void checkHttp(Checker& checker, const Config& config)
{
    const auto listen = parseHostPort(config.http.listen);
    if (listen.ok() && !isLoopbackHost(listen->host)) {
        checker.require(
            config.http.tls && !config.http.tokenFile.empty(),
            {"http.listen"},
            fmt::format(
                "\"{}\" is reachable from outside of this machine: expected http.tls = true and an "
                "http.token_file with it, or a loopback address",
                config.http.listen));
    }
    const bool sameAddress =
        listen.ok() && listen->port != 0 && config.http.listen == config.grpc.listen;
    checker.require(
        !sameAddress,
        {"http.listen", "grpc.listen"},
        fmt::format("grpc.listen and http.listen are both \"{}\"", config.http.listen));
}

void checkGrpc(Checker& checker, const Grpc& grpc)
{
    checker.require(
        grpc.certificateFile.empty() == grpc.keyFile.empty(),
        {"grpc.certificate_file", "grpc.key_file"},
        "grpc.certificate_file and grpc.key_file belong together: expected both or neither");
}

void checkScrapeJobs(Checker& checker, const std::vector<ScrapeJob>& jobs)
{
    std::set<std::string> names;
    for (std::size_t jobIdx = 0; jobIdx < jobs.size(); ++jobIdx) {
        const ScrapeJob& job = jobs[jobIdx];
        const std::string table = fmt::format("{}[{}]", kScrapeTable, jobIdx);
        checker.require(!job.job.empty(), {table + ".job", table}, "expected a name for the job");
        checker.require(
            job.job.empty() || names.insert(job.job).second,
            {table + ".job"},
            fmt::format("another [[metrics.scrape]] has the name \"{}\" already", job.job));
        checker.require(
            !job.targets.empty() || !job.files.empty(),
            {table + ".targets", table + ".files", table},
            "expected at least one of targets and files");
        checker.require(
            job.timeout <= job.interval,
            {table + ".timeout", table + ".interval"},
            fmt::format(
                "the timeout ({}) must not be longer than the interval ({})",
                formatDuration(job.timeout),
                formatDuration(job.interval)));
    }
}

/// What goes into a map, a command to HAProxy or a name on the command line.
bool isPlainWord(const std::string& text)
{
    return !text.empty() && text.size() <= 100 &&
           std::all_of(text.begin(), text.end(), [](unsigned char character) {
               return std::isalnum(character) != 0 || character == '-' || character == '_' ||
                      character == '.' || character == ':';
           });
}

void checkRollouts(Checker& checker, const std::vector<RolloutApplication>& applications)
{
    std::set<std::string> names;
    std::set<std::string> places;
    for (std::size_t index = 0; index < applications.size(); ++index) {
        const RolloutApplication& one = applications[index];
        const std::string table = fmt::format("{}[{}]", kRolloutTable, index);
        const auto requireWord = [&](const std::string& text, const char* key) {
            checker.require(
                isPlainWord(text),
                {table + "." + key, table},
                fmt::format("expected a {} of letters, digits and - _ . : only", std::string(key)));
        };
        requireWord(one.name, "name");
        requireWord(one.mapKey, "map_key");
        requireWord(one.blueBackend, "blue");
        requireWord(one.greenBackend, "green");
        if (!one.previewKey.empty()) {
            requireWord(one.previewKey, "preview_key");
        }
        checker.require(
            names.insert(one.name).second,
            {table + ".name"},
            fmt::format("another [[{}]] has the name \"{}\" already", kRolloutTable, one.name));
        checker.require(
            !one.haproxySocket.empty(),
            {table + ".haproxy_socket", table},
            "expected a haproxy_socket");
        checker.require(!one.mapFile.empty(), {table + ".map_file", table}, "expected a map_file");
        checker.require(
            one.blueBackend != one.greenBackend,
            {table + ".green", table + ".blue", table},
            "blue and green must be two backends");
        checker.require(
            one.previewKey != one.mapKey,
            {table + ".preview_key", table},
            "preview_key and map_key must be two keys");
        if (!one.splitKey.empty()) {
            requireWord(one.splitKey, "split_key");
        }
        checker.require(
            one.splitKey.empty() || (one.splitKey != one.mapKey && one.splitKey != one.previewKey),
            {table + ".split_key", table},
            "split_key, map_key and preview_key must be different keys");
        const bool isSplit = !one.splitKey.empty() && !one.previewKey.empty();
        checker.require(
            one.holdBackPercent == 0 || isSplit,
            {table + ".hold_back", table},
            "hold_back needs a split_key and a preview_key");
        checker.require(
            one.trafficSteps.empty() || isSplit,
            {table + ".traffic_steps", table},
            "traffic_steps need a split_key and a preview_key");
        checker.require(
            std::ranges::is_sorted(one.trafficSteps, std::less_equal<>()),
            {table + ".traffic_steps", table},
            "expected traffic_steps that grow");
        checker.require(
            places.insert(one.mapFile.string() + " " + one.mapKey).second,
            {table + ".map_key", table + ".map_file", table},
            "another application has the same key of the same map");
        checker.require(
            one.compareLeast <= one.compareMost,
            {table + ".compare_least", table + ".compare_most"},
            fmt::format(
                "compare_least ({}) must not be longer than compare_most ({})",
                formatDuration(one.compareLeast),
                formatDuration(one.compareMost)));
    }
}

void checkWindows(Checker& checker, const Rollouts& rollouts)
{
    for (std::size_t index = 0; index < rollouts.windows.size(); ++index) {
        const ChangeWindow& one = rollouts.windows[index];
        const std::string table = fmt::format("{}[{}]", kWindowTable, index);
        const auto window = rollouts::makeChangeWindow(
            rollouts::ChangeWindow::Kind::Allow,
            one.schedule,
            one.duration,
            one.timeZone,
            one.description);
        checker.require(
            window.ok(), {table + ".schedule", table}, std::string(window.status().message()));
        for (const std::string& name : one.applications) {
            checker.require(
                std::ranges::find(rollouts.applications, name, &RolloutApplication::name) !=
                    rollouts.applications.end(),
                {table + ".applications"},
                fmt::format("there is no [[{}]] with the name \"{}\"", kRolloutTable, name));
        }
    }
}

} // namespace

std::vector<Problem> checkConfig(const Config& config, const KeyLines& lines)
{
    Checker checker(lines);
    checkGrpc(checker, config.grpc);
    checkHttp(checker, config);
    checkPool(checker, config.database.pool, "database.pool");
    checkPool(checker, config.redis.pool, "redis.pool");
    checker.require(
        config.access.sessionIdle <= config.access.sessionLifetime,
        {"access.session_idle", "access.session_lifetime"},
        fmt::format(
            "access.session_idle ({}) must not be longer than access.session_lifetime ({})",
            formatDuration(config.access.sessionIdle),
            formatDuration(config.access.sessionLifetime)));
    checkScrapeJobs(checker, config.metrics.scrape);
    checkRollouts(checker, config.rollouts.applications);
    checkWindows(checker, config.rollouts);
    return checker.take();
}

} // namespace pilothouse::config
