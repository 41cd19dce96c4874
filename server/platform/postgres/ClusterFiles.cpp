// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/ClusterFiles.h"

#include "server/platform/postgres/ServerRole.h"
#include "server/platform/process/ChildProcess.h"
#include "server/platform/process/Folders.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace pilothouse::postgres {

namespace {

namespace fs = std::filesystem;

/// An empty cluster takes about 40 MB and its write-ahead log grows from 16 MB; below this it would
/// not get far.
constexpr std::uintmax_t kNeededBytes = 128 << 20;
const absl::Duration kInitdbLimit = absl::Minutes(5);
constexpr const char* kSocketName = ".s.PGSQL.5432";

/// The account that owns what is there already comes first: PostgreSQL runs as no other.
absl::StatusOr<platform::Account> chooseAccount(const fs::path& root, const std::string& user)
{
    struct stat info = {};
    if (geteuid() == 0 && user.empty() && stat((root / "data").c_str(), &info) == 0 &&
        info.st_uid != 0) {
        if (auto owner = platform::findAccount(info.st_uid); owner.ok()) {
            return owner;
        }
    }
    return platform::serviceAccount(user);
}

absl::StatusOr<int> versionOf(const fs::path& data)
{
    std::ifstream file(data / "PG_VERSION");
    std::string text;
    int major = 0;
    if (!std::getline(file, text) || !absl::SimpleAtoi(text.substr(0, text.find('.')), &major)) {
        return withHint(
            absl::FailedPreconditionError(fmt::format(
                "{} is not empty, but not a PostgreSQL data folder either", data.string())),
            "Move it away, or choose another --data-dir.");
    }
    return major;
}

absl::Status checkOwner(const ClusterPlace& place)
{
    struct stat info = {};
    if (stat(place.data.c_str(), &info) != 0 || info.st_uid == place.account.uid) {
        return absl::OkStatus();
    }
    return withHint(
        absl::FailedPreconditionError(fmt::format(
            "{} belongs to user id {}, but PostgreSQL would run as {}",
            place.data.string(),
            info.st_uid,
            place.account.name)),
        fmt::format(
            "Start the server as its owner, or give it away: chown -R {} {}.",
            place.account.name,
            place.root.string()));
}

absl::StatusOr<platform::CommandResult> runInitdb(
    const ClusterPlace& place, const fs::path& target, const char* locale)
{
    platform::Command command;
    command.program = place.binaries.program("initdb");
    command.arguments = {
        "--pgdata=" + target.string(),
        "--username=pilothouse",
        "--encoding=UTF8",
        fmt::format("--locale={}", locale),
        "--auth-local=peer",
        "--auth-host=reject",
        "--data-checksums",
        "--no-instructions",
        "--no-sync"};
    command.account = place.account;
    command.folder = place.root;
    return platform::runCommand(command, kInitdbLimit);
}

/// One flush of the file system instead of one of each of a thousand files.
absl::Status syncFolder(const fs::path& folder)
{
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0 || syncfs(descriptor) != 0) {
        const int error = errno;
        close(descriptor);
        return platform::systemError(error, fmt::format("cannot flush {}", folder.string()));
    }
    close(descriptor);
    return absl::OkStatus();
}

absl::Status initdbFailed(const platform::CommandResult& result)
{
    const std::string output(absl::StripAsciiWhitespace(result.output));
    absl::Status status = absl::InternalError(fmt::format(
        "initdb {}: {}", result.exit.text(), output.substr(output.find_last_of('\n') + 1)));
    if (output.find("No space left") != std::string::npos) {
        return withHint(
            absl::ResourceExhaustedError(std::string(status.message())),
            "Free space on that disk, or choose another --data-dir.");
    }
    return status;
}

constexpr const char* kConfiguration =
    R"(# Written by pilothoused at every start. Put settings of your own into custom.conf beside this file.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
cluster_name = 'pilothouse'
max_connections = {connections}
superuser_reserved_connections = 3

# A small footprint: the control database is small and lives beside other work.
shared_buffers = 32MB
work_mem = 4MB
maintenance_work_mem = 32MB
huge_pages = off
max_worker_processes = 4
max_parallel_workers = 2
autovacuum_max_workers = 2
jit = off
# All of it is in memory. With the default a table that has not been analysed yet is sorted where its index has the
# order already: claiming from 20 000 queued jobs took three times as long.
random_page_cost = 1.1
min_wal_size = 32MB
max_wal_size = 256MB
wal_compression = on
checkpoint_timeout = 15min
recovery_init_sync_method = syncfs

# Measured, and without data in the log.
shared_preload_libraries = '{preload}'
{statements}track_io_timing = on
log_destination = 'stderr'
log_min_messages = warning
log_min_error_statement = panic
log_error_verbosity = terse
log_checkpoints = off
log_autovacuum_min_duration = -1
log_line_prefix = '%m [%p] '
log_timezone = 'UTC'
timezone = 'UTC'
datestyle = 'iso, ymd'
lc_messages = 'C'
default_text_search_config = 'pg_catalog.simple'

include_if_exists = 'custom.conf'
)";

} // namespace

absl::StatusOr<ClusterPlace> preparePlace(
    const fs::path& dataDir, const fs::path& binaries, const std::string& user)
{
    ClusterPlace place;
    place.root = dataDir / "postgres";
    place.data = place.root / "data";
    place.logFile = place.root / "postgres.log";
    PH_ASSIGN_OR_RETURN(place.account, chooseAccount(place.root, user));
    PH_RETURN_IF_ERROR(platform::makePrivateFolder(place.root, place.account));
    PH_RETURN_IF_ERROR(platform::checkCanEnter(place.root, place.account));
    std::error_code error;
    std::optional<int> major;
    if (fs::exists(place.data, error) && !fs::is_empty(place.data, error)) {
        PH_ASSIGN_OR_RETURN(major, versionOf(place.data));
    }
    auto found = findBinaries(binaries, major);
    if (!found.ok() && major) {
        return withContext(
            found.status(),
            fmt::format("{} was made by PostgreSQL {}", place.data.string(), *major));
    }
    PH_ASSIGN_OR_RETURN(place.binaries, std::move(found));
    PH_RETURN_IF_ERROR(checkOwner(place));
    PH_ASSIGN_OR_RETURN(
        place.socketFolder,
        platform::makeSocketFolder(place.root / "run", kSocketName, place.account));
    return place;
}

bool isInitialised(const ClusterPlace& place)
{
    std::error_code error;
    return fs::exists(place.data / "PG_VERSION", error);
}

absl::Status initialise(const ClusterPlace& place)
{
    if (const std::uintmax_t free = platform::freeBytes(place.root); free < kNeededBytes) {
        return withHint(
            absl::ResourceExhaustedError(fmt::format(
                "{} has {} MiB of free space; a new PostgreSQL needs {} MiB",
                place.root.string(),
                free >> 20,
                kNeededBytes >> 20)),
            "Free space on that disk, or choose another --data-dir.");
    }
    spdlog::info(
        "making the private PostgreSQL {} in {}", place.binaries.major, place.root.string());
    const fs::path fresh = place.root / "data.new";
    std::error_code error;
    fs::remove_all(fresh, error); // of a start that was cut off
    auto result = runInitdb(place, fresh, "C.UTF-8");
    if (result.ok() && result->exit.code != 0 &&
        result->output.find("locale") != std::string::npos) {
        fs::remove_all(fresh, error);
        result = runInitdb(place, fresh, "C"); // a minimal image without locales
    }
    if (!result.ok() || result->exit.code != 0) {
        fs::remove_all(fresh, error);
        return result.ok() ? initdbFailed(*result) : result.status();
    }
    PH_RETURN_IF_ERROR(syncFolder(fresh));
    fs::rename(fresh, place.data, error);
    if (error) {
        return platform::systemError(
            error.value(), fmt::format("cannot make {}", place.data.string()));
    }
    return syncFolder(place.root);
}

absl::Status writeConfiguration(const ClusterPlace& place, int maxConnections)
{
    const bool hasStatements = place.binaries.hasLibrary("pg_stat_statements");
    const std::string configuration = fmt::format(
        kConfiguration,
        fmt::arg("socket", place.socketFolder.string()),
        fmt::arg("connections", maxConnections),
        fmt::arg("preload", hasStatements ? "pg_stat_statements" : ""),
        fmt::arg("statements", hasStatements ? "pg_stat_statements.max = 1000\n" : ""));
    PH_ASSIGN_OR_RETURN(const platform::Account self, platform::findAccount(geteuid()));
    // Only the server's own user and who runs the cluster come in, known to the kernel: no password
    // exists.
    std::string identities;
    for (const char* role : {"pilothouse", kServerRole}) {
        identities += fmt::format("server \"{}\" {}\n", self.name, role);
        if (place.account.uid != self.uid) {
            identities += fmt::format("server \"{}\" {}\n", place.account.name, role);
        }
    }
    PH_RETURN_IF_ERROR(
        platform::writePrivateFile(place.data / "postgresql.conf", configuration, place.account));
    PH_RETURN_IF_ERROR(platform::writePrivateFile(
        place.data / "pg_hba.conf",
        "# Written by pilothoused at every start.\nlocal all all peer map=server\n"
        "local replication all peer map=server\n",
        place.account));
    return platform::writePrivateFile(place.data / "pg_ident.conf", identities, place.account);
}

} // namespace pilothouse::postgres
