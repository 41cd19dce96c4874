// SPDX-License-Identifier: Apache-2.0
#include "server/config/KeyKinds.h"

namespace pilothouse::config {

namespace {

constexpr int kMaxThreads = 256;
constexpr int kMaxQueue = 1 << 20;
constexpr int kMaxConnections = 1000;
const absl::Duration kOneYear = absl::Hours(24 * 365);

const std::vector<std::pair<std::string, system::Environment>>& environments()
{
    static const std::vector<std::pair<std::string, system::Environment>> words = {
        {"local", system::Environment::Local},
        {"development", system::Environment::Development},
        {"test", system::Environment::Test},
        {"staging", system::Environment::Staging},
        {"production", system::Environment::Production},
    };
    return words;
}

Key<Config> environmentKey(const char* name, const char* doc)
{
    return {
        name,
        doc,
        [](const toml::node& node, const Path&, Config& config) -> absl::Status {
            const std::string word = readText(node).value_or(std::string());
            std::vector<std::string> words;
            for (const auto& [known, environment] : environments()) {
                if (known == word) {
                    config.server.environment = environment;
                    return absl::OkStatus();
                }
                words.push_back(known);
            }
            return expected("one of " + quotedList(words));
        },
        [](const Config& config) {
            for (const auto& [known, environment] : environments()) {
                if (environment == config.server.environment) {
                    return quoted(known);
                }
            }
            return std::string("\"local\"");
        }};
}

/// `pool` gives the pool of the configuration, `what` is what it connects to.
template <typename PoolOf>
std::vector<Key<Config>> poolKeys(const std::string& prefix, const std::string& what, PoolOf pool)
{
    return {
        numberKey<Config>(
            prefix + ".minimum",
            "Connections to " + what + " that are kept open.\n",
            0,
            kMaxConnections,
            [pool](auto& config) -> auto& { return pool(config).minimum; }),
        numberKey<Config>(
            prefix + ".maximum",
            "Connections at most; over 80 % in use is reported.\n",
            1,
            kMaxConnections,
            [pool](auto& config) -> auto& { return pool(config).maximum; }),
        durationKey<Config>(
            prefix + ".acquire_timeout",
            "How long work waits for a free connection before it fails.\n",
            kShortest,
            absl::Minutes(10),
            [pool](auto& config) -> auto& { return pool(config).acquireTimeout; }),
        durationKey<Config>(
            prefix + ".idle_timeout",
            "An unused connection over the minimum is closed after this time.\n",
            absl::Seconds(1),
            kOneDay,
            [pool](auto& config) -> auto& { return pool(config).idleTimeout; }),
        durationKey<Config>(
            prefix + ".lifetime",
            "A connection older than this is replaced by a new one.\n",
            absl::Seconds(1),
            kOneDay * 7,
            [pool](auto& config) -> auto& { return pool(config).lifetime; }),
    };
}

std::vector<Key<Config>> serverKeys()
{
    return {
        pathKey<Config>(
            "data_dir",
            "Where the server keeps everything that it owns. Empty: /var/lib/pilothouse for root, "
            "else\n"
            "$XDG_DATA_HOME/pilothouse (~/.local/share/pilothouse). --data-dir comes first.\n",
            PathMustBe::Anything,
            PH_FIELD(dataDir)),
        textKey<Config>(
            "server.display_name",
            "The name that consoles show. Empty: the host's name.\n",
            PH_FIELD(server.displayName)),
        environmentKey(
            "server.environment",
            "local, development, test, staging or production: sets the console's colour and how "
            "many\n"
            "confirmations dangerous actions ask for.\n"),
        hostPortKey<Config>(
            "grpc.listen",
            "Where consoles and pilothousectl connect, always with TLS. Port 0: any free one.\n",
            PH_FIELD(grpc.listen)),
        pathKey<Config>(
            "grpc.certificate_file",
            "PEM certificate (with its chain) and key. Empty: the server makes a private CA and a\n"
            "certificate in its data directory at the first start.\n",
            PathMustBe::ReadableFile,
            PH_FIELD(grpc.certificateFile)),
        pathKey<Config>(
            "grpc.key_file",
            "The certificate's private key, PEM.\n",
            PathMustBe::ReadableFile,
            PH_FIELD(grpc.keyFile)),
        pathKey<Config>(
            "grpc.client_ca_file",
            "PEM CA of client certificates. Set: clients must show one (mutual TLS).\n",
            PathMustBe::ReadableFile,
            PH_FIELD(grpc.clientCaFile)),
        numberKey<Config>(
            "grpc.operator_rate",
            "Calls a second that one operator may make on average; twice as many at once.\n",
            1,
            10000000,
            PH_FIELD(grpc.operatorRate)),
        hostPortKey<Config>(
            "http.listen",
            "Probes, /metrics and the Prometheus HTTP API. Off loopback it needs tls and "
            "token_file.\n",
            PH_FIELD(http.listen)),
        switchKey<Config>(
            "http.tls", "Serve HTTPS with the gRPC certificate.\n", PH_FIELD(http.tls)),
        pathKey<Config>(
            "http.token_file",
            "File whose first line is the bearer token that every path but /healthz and /readyz "
            "asks for.\n",
            PathMustBe::ReadableFile,
            PH_FIELD(http.tokenFile)),
        textListKey<Config>(
            "http.allowed_hosts",
            "Host header values accepted besides the loopback names and the listen address.\n",
            PH_FIELD(http.allowedHosts)),
    };
}

std::vector<Key<Config>> databaseKeys()
{
    return {
        textKey<Config>(
            "database.url",
            "PostgreSQL of the control database, as a URL or a libpq connection string. Empty: a "
            "private\n"
            "PostgreSQL in the data directory. A password belongs into url_file.\n",
            PH_FIELD(database.url)),
        secretFileKey<Config>(
            "database.url_file",
            "File whose first line is the URL, instead of url.\n",
            PH_FIELD(database.url)),
        textKey<Config>(
            "database.owner_url",
            "The same database with the role that owns its tables, used for migrations alone. Set, "
            "the\n"
            "role in url cannot change the audit. Empty: url's role owns them. A password belongs "
            "into\n"
            "owner_url_file.\n",
            PH_FIELD(database.ownerUrl)),
        secretFileKey<Config>(
            "database.owner_url_file",
            "File whose first line is the URL, instead of owner_url.\n",
            PH_FIELD(database.ownerUrl)),
        pathKey<Config>(
            "database.binaries",
            "Folder of initdb and postgres for the private PostgreSQL. Empty: found in PATH and "
            "in\n"
            "/usr/lib/postgresql, the newest first.\n",
            PathMustBe::Anything,
            PH_FIELD(database.binaries)),
        textKey<Config>(
            "database.user",
            "Account that runs the private PostgreSQL and Redis when the server runs as root. "
            "Empty: the\n"
            "first of pilothouse, postgres and nobody that exists.\n",
            PH_FIELD(database.user)),
        durationKey<Config>(
            "database.slow_query",
            "A statement that takes longer is logged, by its name and without its data.\n",
            kShortest,
            kOneDay,
            PH_FIELD(database.slowQuery)),
    };
}

std::vector<Key<Config>> redisKeys()
{
    return {
        textKey<Config>(
            "redis.url",
            "redis://[:password@]host:port[/db] or unix:/path. Empty: a private redis-server where "
            "it is\n"
            "installed. A password belongs into url_file.\n",
            PH_FIELD(redis.url)),
        secretFileKey<Config>(
            "redis.url_file",
            "File whose first line is the URL, instead of url.\n",
            PH_FIELD(redis.url)),
        switchKey<Config>(
            "redis.enabled",
            "false: work without the shared cache tier.\n",
            PH_FIELD(redis.enabled)),
    };
}

std::vector<Key<Config>> executorKeys()
{
    return {
        numberKey<Config>(
            "executors.db_threads",
            "Threads for work on the database, and how many tasks may wait for one; more are "
            "rejected\n"
            "with a retry delay.\n",
            1,
            kMaxThreads,
            PH_FIELD(executors.dbThreads)),
        numberKey<Config>(
            "executors.db_queue",
            "Tasks that may wait.\n",
            1,
            kMaxQueue,
            PH_FIELD(executors.dbQueue)),
        numberKey<Config>(
            "executors.io_threads",
            "Threads for files and other blocking work.\n",
            1,
            kMaxThreads,
            PH_FIELD(executors.ioThreads)),
        numberKey<Config>(
            "executors.io_queue",
            "Tasks that may wait.\n",
            1,
            kMaxQueue,
            PH_FIELD(executors.ioQueue)),
        numberKey<Config>(
            "executors.jobs_threads",
            "Threads for long jobs.\n",
            1,
            kMaxThreads,
            PH_FIELD(executors.jobsThreads)),
        numberKey<Config>(
            "executors.jobs_queue",
            "Tasks that may wait.\n",
            1,
            kMaxQueue,
            PH_FIELD(executors.jobsQueue)),
    };
}

std::vector<Key<Config>> jobsKeys()
{
    return {
        durationKey<Config>(
            "jobs.lease",
            "A server that is silent for this time counts as dead: its tasks go to others.\n",
            absl::Seconds(1),
            absl::Minutes(10),
            PH_FIELD(jobs.lease)),
        durationKey<Config>(
            "leader.lease",
            "A leader that is silent for this time is replaced by another server on the same "
            "database.\n",
            absl::Seconds(1),
            absl::Minutes(1),
            PH_FIELD(leader.lease)),
    };
}

std::vector<Key<Config>> metricsKeys()
{
    return {
        durationKey<Config>(
            "metrics.retention",
            "How long samples are kept.\n",
            absl::Minutes(1),
            kOneYear * 10,
            PH_FIELD(metrics.retention)),
        numberKey<Config>(
            "metrics.max_points_per_series",
            "Samples kept of one series; the oldest go first.\n",
            10,
            kNoLimit,
            PH_FIELD(metrics.maxPointsPerSeries)),
        numberKey<Config>(
            "metrics.max_series",
            "Series kept at once; beyond it new ones are rejected and counted, and an alarm says "
            "so.\n",
            1,
            kNoLimit,
            PH_FIELD(metrics.maxSeries)),
        durationKey<Config>(
            "metrics.collect_interval",
            "Between two readings of the host, the processes, PostgreSQL, Redis and the server "
            "itself.\n",
            absl::Milliseconds(100),
            absl::Hours(1),
            PH_FIELD(metrics.collectInterval)),
        durationKey<Config>(
            "metrics.query_timeout",
            "A query that takes longer is stopped.\n",
            kShortest,
            absl::Hours(1),
            PH_FIELD(metrics.queryTimeout)),
        numberKey<Config>(
            "metrics.max_query_samples",
            "Samples that one query may hold in memory.\n",
            1000,
            kNoLimit,
            PH_FIELD(metrics.maxQuerySamples)),
    };
}

std::vector<Key<Config>> auditKeys()
{
    return {
        durationKey<Config>(
            "audit.retention",
            "Days of the audit that are older are dropped, whole days at once; their seals stay, "
            "so "
            "that\nthe hash chain remains verifiable.\n",
            kOneDay * 30,
            kOneYear * 100,
            PH_FIELD(audit.retention)),
    };
}

std::vector<Key<Config>> accessKeys()
{
    return {
        durationKey<Config>(
            "access.session_lifetime",
            "A session ends after this time, used or not.\n",
            absl::Seconds(1),
            kOneYear,
            PH_FIELD(access.sessionLifetime)),
        durationKey<Config>(
            "access.session_idle",
            "A session that is not used for this time ends.\n",
            absl::Seconds(1),
            kOneYear,
            PH_FIELD(access.sessionIdle)),
        numberKey<Config>(
            "access.lock_after",
            "Failed sign-ins in a row that lock an account.\n",
            1,
            1000,
            PH_FIELD(access.lockAfter)),
        durationKey<Config>(
            "access.lock_for",
            "How long the account stays locked.\n",
            absl::Seconds(1),
            kOneYear,
            PH_FIELD(access.lockFor)),
        durationKey<Config>(
            "access.token_lifetime",
            "The longest life of a personal token.\n",
            absl::Seconds(1),
            kOneYear,
            PH_FIELD(access.tokenLifetime)),
        durationKey<Config>(
            "access.plan_lifetime",
            "How long the plan of an action can be confirmed after it was shown.\n",
            absl::Seconds(1),
            absl::Hours(24),
            PH_FIELD(access.planLifetime)),
        durationKey<Config>(
            "access.lease_lifetime",
            "How long writes stay unlocked in production when an operator takes a lease.\n",
            absl::Seconds(1),
            absl::Hours(24),
            PH_FIELD(access.leaseLifetime)),
        durationKey<Config>(
            "access.approval_lifetime",
            "How long a second person's approval can be given and used after it was requested.\n",
            absl::Seconds(1),
            kOneYear,
            PH_FIELD(access.approvalLifetime)),
    };
}

std::vector<Key<Config>> logKeys()
{
    return {
        choiceKey<Config>(
            "log.level",
            "debug, info, warning or error.\n",
            {"debug", "info", "warning", "error"},
            PH_FIELD(log.level)),
        choiceKey<Config>(
            "log.format",
            "text, or json with one object a line.\n",
            {"text", "json"},
            PH_FIELD(log.format)),
    };
}

} // namespace

std::vector<Key<Config>> configKeys()
{
    std::vector<Key<Config>> keys;
    for (const auto& group :
         {serverKeys(),
          databaseKeys(),
          poolKeys("database.pool", "the control database", PH_FIELD(database.pool)),
          redisKeys(),
          poolKeys("redis.pool", "Redis", PH_FIELD(redis.pool)),
          executorKeys(),
          jobsKeys(),
          metricsKeys(),
          servicesKeys(),
          scalingKeys(),
          accessKeys(),
          auditKeys(),
          logKeys()}) {
        keys.insert(keys.end(), group.begin(), group.end());
    }
    return keys;
}

} // namespace pilothouse::config
