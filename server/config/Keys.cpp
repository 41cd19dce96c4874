// SPDX-License-Identifier: Apache-2.0
#include "server/config/Keys.h"

#include "server/config/Suggestion.h"
#include "server/config/Values.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <fstream>
#include <limits>
#include <sstream>
#include <system_error>
#include <unistd.h>

namespace pilothouse::config {

namespace {

using Path = std::filesystem::path;

constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();
/// A secret file is one line; anything larger is the wrong file.
constexpr std::uintmax_t kMaxSecretBytes = 64 << 10;

absl::Status expected(const std::string& what)
{
    return absl::InvalidArgumentError(what);
}

std::string quoted(const std::string& text)
{
    std::ostringstream out;
    const toml::value<std::string> value(text);
    out << toml::toml_formatter(value, toml::format_flags::none);
    return out.str();
}

std::string quotedList(const std::vector<std::string>& values)
{
    std::string result;
    for (const auto& value : values) {
        result += (result.empty() ? "" : ", ") + quoted(value);
    }
    return "[" + result + "]";
}

absl::StatusOr<std::string> readText(const toml::node& node)
{
    if (const auto* value = node.as_string()) {
        if (value->get().find('\0') != std::string::npos) {
            return expected("a string without zero bytes");
        }
        return value->get();
    }
    return expected("a string");
}

absl::StatusOr<std::vector<std::string>> readTextList(const toml::node& node)
{
    const auto* array = node.as_array();
    if (array == nullptr) {
        return expected("a list of strings");
    }
    std::vector<std::string> result;
    for (const auto& element : *array) {
        const auto text = readText(element);
        if (!text.ok()) {
            return expected("a list of strings");
        }
        result.push_back(*text);
    }
    return result;
}

absl::StatusOr<Path> readPath(const toml::node& node, const Path& folder)
{
    PH_ASSIGN_OR_RETURN(const std::string text, readText(node));
    if (text.empty() || Path(text).is_absolute()) {
        return Path(text);
    }
    return (folder / text).lexically_normal();
}

/// A path whose file must be there and readable now, rather than when it is needed first.
absl::StatusOr<Path> readReadableFile(const toml::node& node, const Path& folder)
{
    PH_ASSIGN_OR_RETURN(const Path path, readPath(node, folder));
    if (path.empty()) {
        return path;
    }
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        return expected(fmt::format("the path of a file, but {} is a folder", path.string()));
    }
    if (access(path.c_str(), R_OK) != 0) {
        return expected(fmt::format(
            "the path of a readable file, but {}: {}",
            path.string(),
            std::generic_category().message(errno)));
    }
    return path;
}

absl::StatusOr<std::string> readSecretFile(const Path& path)
{
    std::error_code error;
    if (std::filesystem::file_size(path, error) > kMaxSecretBytes && !error) {
        return expected(
            fmt::format("a file of one line, but {} is larger than 64 KiB", path.string()));
    }
    std::ifstream file(path);
    std::string text;
    std::getline(file, text);
    while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) {
        text.pop_back();
    }
    if (text.empty()) {
        return expected(
            fmt::format("a file whose first line is the value, but {} has none", path.string()));
    }
    return text;
}

template <typename Target, typename Field>
Key<Target> textKey(const char* name, const char* doc, Field field)
{
    return {
        name,
        doc,
        [field](const toml::node& node, const Path&, Target& target) -> absl::Status {
            PH_ASSIGN_OR_RETURN(field(target), readText(node));
            return absl::OkStatus();
        },
        [field](const Target& target) { return quoted(field(target)); }};
}

template <typename Target, typename Field>
Key<Target> choiceKey(
    const char* name, const char* doc, std::vector<std::string> choices, Field field)
{
    return {
        name,
        doc,
        [field, choices](const toml::node& node, const Path&, Target& target) -> absl::Status {
            const auto text = readText(node);
            if (text.ok() && std::find(choices.begin(), choices.end(), *text) != choices.end()) {
                field(target) = *text;
                return absl::OkStatus();
            }
            return expected("one of " + quotedList(choices));
        },
        [field](const Target& target) { return quoted(field(target)); }};
}

template <typename Target, typename Field>
Key<Target> hostPortKey(const char* name, const char* doc, Field field)
{
    return {
        name,
        doc,
        [field](const toml::node& node, const Path&, Target& target) -> absl::Status {
            const auto text = readText(node);
            PH_RETURN_IF_ERROR(parseHostPort(text.value_or(std::string())).status());
            field(target) = *text;
            return absl::OkStatus();
        },
        [field](const Target& target) { return quoted(field(target)); }};
}

enum class PathMustBe { Anything, ReadableFile };

template <typename Target, typename Field>
Key<Target> pathKey(const char* name, const char* doc, PathMustBe must, Field field)
{
    return {
        name,
        doc,
        [field, must](const toml::node& node, const Path& folder, Target& target) -> absl::Status {
            PH_ASSIGN_OR_RETURN(
                field(target),
                must == PathMustBe::ReadableFile ? readReadableFile(node, folder)
                                                 : readPath(node, folder));
            return absl::OkStatus();
        },
        [field](const Target& target) { return quoted(field(target).string()); }};
}

/// A file that holds the value of another key, for values that may contain a password.
template <typename Target, typename Field>
Key<Target> secretFileKey(const char* name, const char* doc, Field field)
{
    return {
        name,
        doc,
        [field](const toml::node& node, const Path& folder, Target& target) -> absl::Status {
            PH_ASSIGN_OR_RETURN(const Path path, readReadableFile(node, folder));
            if (path.empty()) {
                return absl::OkStatus();
            }
            if (!field(target).empty()) {
                return expected("only one of the value and its file");
            }
            PH_ASSIGN_OR_RETURN(field(target), readSecretFile(path));
            return absl::OkStatus();
        },
        [](const Target&) { return std::string("\"\""); }};
}

template <typename Target, typename Field>
Key<Target> switchKey(const char* name, const char* doc, Field field)
{
    return {
        name,
        doc,
        [field](const toml::node& node, const Path&, Target& target) -> absl::Status {
            const auto* value = node.as_boolean();
            if (value == nullptr) {
                return expected("true or false");
            }
            field(target) = value->get();
            return absl::OkStatus();
        },
        [field](const Target& target) { return field(target) ? "true" : "false"; }};
}

template <typename Target, typename Field>
Key<Target> numberKey(
    const char* name, const char* doc, std::int64_t minimum, std::int64_t maximum, Field field)
{
    return {
        name,
        doc,
        [field, minimum, maximum](
            const toml::node& node, const Path&, Target& target) -> absl::Status {
            const auto* value = node.as_integer();
            if (value == nullptr || value->get() < minimum || value->get() > maximum) {
                return expected(
                    maximum == kNoLimit
                        ? fmt::format("a whole number of at least {}", minimum)
                        : fmt::format("a whole number from {} to {}", minimum, maximum));
            }
            using Number = std::decay_t<decltype(field(target))>;
            field(target) = static_cast<Number>(value->get());
            return absl::OkStatus();
        },
        [field](const Target& target) { return std::to_string(field(target)); }};
}

template <typename Target, typename Field>
Key<Target> sizeKey(const char* name, const char* doc, std::int64_t minimum, Field field)
{
    return {
        name,
        doc,
        [field, minimum](const toml::node& node, const Path&, Target& target) -> absl::Status {
            std::int64_t bytes = 0;
            if (const auto* number = node.as_integer()) {
                bytes = number->get();
            } else {
                const auto text = readText(node);
                PH_ASSIGN_OR_RETURN(bytes, parseSize(text.value_or(std::string())));
            }
            if (bytes < minimum) {
                return expected(fmt::format("a size of at least {}", formatSize(minimum)));
            }
            field(target) = bytes;
            return absl::OkStatus();
        },
        [field](const Target& target) { return quoted(formatSize(field(target))); }};
}

template <typename Target, typename Field>
Key<Target> durationKey(
    const char* name, const char* doc, absl::Duration minimum, absl::Duration maximum, Field field)
{
    return {
        name,
        doc,
        [field, minimum, maximum](
            const toml::node& node, const Path&, Target& target) -> absl::Status {
            const auto text = readText(node);
            PH_ASSIGN_OR_RETURN(
                const absl::Duration value, parseDuration(text.value_or(std::string())));
            if (value < minimum || value > maximum) {
                return expected(fmt::format(
                    "a duration from \"{}\" to \"{}\"",
                    formatDuration(minimum),
                    formatDuration(maximum)));
            }
            field(target) = value;
            return absl::OkStatus();
        },
        [field](const Target& target) { return quoted(formatDuration(field(target))); }};
}

template <typename Target, typename Field>
Key<Target> textListKey(const char* name, const char* doc, Field field)
{
    return {
        name,
        doc,
        [field](const toml::node& node, const Path&, Target& target) -> absl::Status {
            PH_ASSIGN_OR_RETURN(field(target), readTextList(node));
            return absl::OkStatus();
        },
        [field](const Target& target) { return quotedList(field(target)); }};
}

template <typename Target, typename Field>
Key<Target> hostPortListKey(const char* name, const char* doc, Field field)
{
    return {
        name,
        doc,
        [field](const toml::node& node, const Path&, Target& target) -> absl::Status {
            PH_ASSIGN_OR_RETURN(field(target), readTextList(node));
            for (const auto& element : field(target)) {
                if (const auto parsed = parseHostPort(element); !parsed.ok() || parsed->port == 0) {
                    return expected("a list of \"host:port\" with ports from 1 to 65535");
                }
            }
            return absl::OkStatus();
        },
        [field](const Target& target) { return quotedList(field(target)); }};
}

template <typename Target, typename Field>
Key<Target> pathListKey(const char* name, const char* doc, Field field)
{
    return {
        name,
        doc,
        [field](const toml::node& node, const Path& folder, Target& target) -> absl::Status {
            PH_ASSIGN_OR_RETURN(auto paths, readTextList(node));
            for (auto& path : paths) {
                if (path.empty()) {
                    return expected("a list of paths, none of them empty");
                }
                path =
                    Path(path).is_absolute() ? path : (folder / path).lexically_normal().string();
            }
            field(target) = paths;
            return absl::OkStatus();
        },
        [field](const Target& target) { return quotedList(field(target)); }};
}

bool isLabelName(const std::string& name)
{
    const auto isLetter = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               letter == '_';
    };
    if (name.empty() || !isLetter(name.front()) || name.rfind("__", 0) == 0) {
        return false;
    }
    return std::all_of(name.begin(), name.end(), [&](char letter) {
        return isLetter(letter) || (letter >= '0' && letter <= '9');
    });
}

template <typename Target, typename Field>
Key<Target> labelsKey(const char* name, const char* doc, Field field)
{
    return {
        name,
        doc,
        [field](const toml::node& node, const Path&, Target& target) -> absl::Status {
            const auto* table = node.as_table();
            const absl::Status wrong = expected("a table of labels such as { team = \"checkout\" "
                                                "}, with names of letters, digits and "
                                                "_ that do not begin with a digit or __");
            if (table == nullptr) {
                return wrong;
            }
            for (const auto& [label, value] : *table) {
                const auto text = readText(value);
                if (!text.ok() || !isLabelName(std::string(label))) {
                    return wrong;
                }
                field(target)[std::string(label)] = *text;
            }
            return absl::OkStatus();
        },
        [field](const Target& target) {
            std::string result;
            for (const auto& [label, value] : field(target)) {
                result += (result.empty() ? " " : ", ") + label + " = " + quoted(value);
            }
            return "{" + result + (result.empty() ? "}" : " }");
        }};
}

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

// The member that a key stands for, for reading and for showing.
#define PH_FIELD(member)                                                                           \
    [](auto& target) -> auto&                                                                      \
    {                                                                                              \
        return target.member;                                                                      \
    }

constexpr int kMaxThreads = 256;
constexpr int kMaxQueue = 1 << 20;
constexpr int kMaxConnections = 1000;
const absl::Duration kShortest = absl::Milliseconds(1);
const absl::Duration kOneDay = absl::Hours(24);
const absl::Duration kOneYear = absl::Hours(24 * 365);

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

#define PH_POOL_KEYS(prefix, pool, what)                                                           \
    numberKey<Config>(                                                                             \
        prefix ".minimum",                                                                         \
        "Connections to " what " that are kept open.\n",                                           \
        0,                                                                                         \
        kMaxConnections,                                                                           \
        PH_FIELD(pool.minimum)),                                                                   \
        numberKey<Config>(                                                                         \
            prefix ".maximum",                                                                     \
            "Connections at most; over 80 % in use is reported.\n",                                \
            1,                                                                                     \
            kMaxConnections,                                                                       \
            PH_FIELD(pool.maximum)),                                                               \
        durationKey<Config>(                                                                       \
            prefix ".acquire_timeout",                                                             \
            "How long work waits for a free connection before it fails.\n",                        \
            kShortest,                                                                             \
            absl::Minutes(10),                                                                     \
            PH_FIELD(pool.acquireTimeout)),                                                        \
        durationKey<Config>(                                                                       \
            prefix ".idle_timeout",                                                                \
            "An unused connection over the minimum is closed after this time.\n",                  \
            absl::Seconds(1),                                                                      \
            kOneDay,                                                                               \
            PH_FIELD(pool.idleTimeout)),                                                           \
        durationKey<Config>(                                                                       \
            prefix ".lifetime",                                                                    \
            "A connection older than this is replaced by a new one.\n",                            \
            absl::Seconds(1),                                                                      \
            kOneDay * 7,                                                                           \
            PH_FIELD(pool.lifetime))

std::vector<Key<Config>> stateKeys()
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
        PH_POOL_KEYS("database.pool", database.pool, "the control database"),
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
        PH_POOL_KEYS("redis.pool", redis.pool, "Redis"),
    };
}

std::vector<Key<Config>> workKeys()
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
        durationKey<Config>(
            "access.session_lifetime",
            "A session ends after this time, used or not.\n",
            absl::Minutes(1),
            kOneYear,
            PH_FIELD(access.sessionLifetime)),
        durationKey<Config>(
            "access.session_idle",
            "A session that is not used for this time ends.\n",
            absl::Minutes(1),
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

absl::Status checkMetricsPath(const std::string& path)
{
    return path.empty() || path.front() != '/' ? expected("a path that begins with /")
                                               : absl::OkStatus();
}

} // namespace

std::vector<Key<Config>> configKeys()
{
    std::vector<Key<Config>> keys = serverKeys();
    for (auto group : {stateKeys, workKeys}) {
        for (auto& key : group()) {
            keys.push_back(std::move(key));
        }
    }
    return keys;
}

std::vector<Key<ScrapeJob>> scrapeKeys()
{
    Key<ScrapeJob> path =
        textKey<ScrapeJob>("metrics_path", "Path of the exposition.\n", PH_FIELD(metricsPath));
    path.read = [read = path.read](const toml::node& node, const Path& folder, ScrapeJob& job) {
        PH_RETURN_IF_ERROR(read(node, folder, job));
        return checkMetricsPath(job.metricsPath);
    };
    return {
        textKey<ScrapeJob>(
            "job", "The job label of its series; needed, and unique.\n", PH_FIELD(job)),
        durationKey<ScrapeJob>(
            "interval",
            "Between two scrapes of a target.\n",
            absl::Milliseconds(100),
            kOneDay,
            PH_FIELD(interval)),
        durationKey<ScrapeJob>(
            "timeout",
            "A scrape that takes longer counts as failed; at most the interval.\n",
            kShortest,
            kOneDay,
            PH_FIELD(timeout)),
        path,
        choiceKey<ScrapeJob>("scheme", "http or https.\n", {"http", "https"}, PH_FIELD(scheme)),
        hostPortListKey<ScrapeJob>(
            "targets", "Addresses to scrape, \"host:port\".\n", PH_FIELD(targets)),
        pathListKey<ScrapeJob>(
            "files",
            "Prometheus file_sd files (JSON or YAML) with further targets; globs; re-read on "
            "change.\n",
            PH_FIELD(files)),
        labelsKey<ScrapeJob>(
            "labels", "Labels added to every series of the job.\n", PH_FIELD(labels)),
        sizeKey<ScrapeJob>(
            "body_limit", "A larger answer is refused.\n", 1024, PH_FIELD(bodyLimitBytes)),
        numberKey<ScrapeJob>(
            "sample_limit",
            "An answer with more samples is refused.\n",
            1,
            kNoLimit,
            PH_FIELD(sampleLimit)),
        numberKey<ScrapeJob>(
            "label_limit",
            "An answer with more labels on a series is refused.\n",
            1,
            kNoLimit,
            PH_FIELD(labelLimit)),
        numberKey<ScrapeJob>(
            "label_value_limit",
            "An answer with a longer label value (bytes) is refused.\n",
            1,
            kNoLimit,
            PH_FIELD(labelValueLimit)),
    };
}

} // namespace pilothouse::config
