// SPDX-License-Identifier: Apache-2.0
#include "server/config/Checker.h"
#include "server/config/RolloutChecks.h"
#include "server/config/ScalingChecks.h"
#include "server/config/Values.h"

#include <fmt/format.h>

#include <set>

namespace pilothouse::config {

namespace {

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
    checkPorts(checker, config);
    checkAnalyses(checker, config.rollouts);
    checkWindows(checker, config.rollouts);
    checkScaling(checker, config);
    return checker.take();
}

} // namespace pilothouse::config
