// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/PrivateCluster.h"

#include "server/platform/postgres/ClusterFiles.h"
#include "server/platform/postgres/ConnectionString.h"
#include "server/platform/postgres/Errors.h"
#include "server/platform/postgres/Postmaster.h"
#include "server/platform/postgres/ServerRole.h"
#include "server/platform/process/ChildProcess.h"
#include "server/platform/process/Folders.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/ascii.h>
#include <absl/time/clock.h>
#include <fmt/format.h>
#include <pqxx/pqxx>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <mutex>
#include <optional>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

namespace pilothouse::postgres {

namespace {

namespace fs = std::filesystem;
using platform::ChildProcess;
using platform::ProcessHandle;

/// Recovery after a crash replays at most max_wal_size; this is far beyond it.
const absl::Duration kReadyLimit = absl::Minutes(5);
const absl::Duration kReadyPoll = absl::Milliseconds(5);
/// Together within the ten seconds that a stop of the server may take.
const absl::Duration kFastStop = absl::Seconds(7);
const absl::Duration kImmediateStop = absl::Seconds(2);
const absl::Duration kFirstBackOff = absl::Milliseconds(100);
const absl::Duration kLongestBackOff = absl::Seconds(30);
/// A postmaster that ran so long did not die of its start: the next pause is short again.
const absl::Duration kStableAfter = absl::Minutes(1);
/// PostgreSQL's log holds warnings only; beyond this the older half of the story is dropped.
constexpr std::uintmax_t kMaxLogBytes = 8 << 20;
const absl::Duration kLogCheck = absl::Minutes(1);
constexpr std::size_t kLogTail = 2000;

/// The lines that PostgreSQL wrote since `from`, for the message of a failed start.
std::string logSince(const fs::path& file, std::uintmax_t from)
{
    std::ifstream stream(file, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(from));
    std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    std::string reason;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string line = text.substr(begin, end - begin);
        const std::size_t fatal = line.find("FATAL:  ");
        if (fatal != std::string::npos) {
            reason += (reason.empty() ? "" : "; ") + line.substr(fatal + 8);
        }
        begin = end + 1;
    }
    reason = reason.empty() ? text : reason;
    return std::string(absl::StripAsciiWhitespace(
        reason.substr(reason.size() > kLogTail ? reason.size() - kLogTail : 0)));
}

absl::Status startFailed(const ClusterPlace& place, const std::string& why, std::uintmax_t logFrom)
{
    const std::string log = logSince(place.logFile, logFrom);
    const std::string message =
        fmt::format("PostgreSQL in {} {}: {}", place.data.string(), why, log);
    if (log.find("No space left") != std::string::npos) {
        return withHint(
            absl::ResourceExhaustedError(message),
            "Free space on that disk, or choose another --data-dir.");
    }
    return withHint(
        absl::UnavailableError(message), fmt::format("See {}.", place.logFile.string()));
}

std::uintmax_t sizeOf(const fs::path& file)
{
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    return error ? 0 : size;
}

} // namespace

struct PrivateCluster::State
{
    ClusterPlace place;
    Options options;
    /// Set when the running postmaster is our child; an adopted one is not.
    std::optional<ChildProcess> child;
    std::optional<ProcessHandle> process;
    std::thread supervisor;
    int wakeFd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    std::atomic<bool> isStopping = false;
    mutable std::mutex mutex;
    system::ComponentHealth health;
    pid_t pid = -1;

    ~State() { close(wakeFd); }

    void setHealth(system::HealthState state, const std::string& message)
    {
        system::ComponentHealth copy;
        {
            const std::lock_guard lock(mutex);
            const absl::Time now = absl::Now();
            health.since = health.state == state ? health.since : now;
            health.name = "postgres";
            health.state = state;
            health.message = message;
            health.lastCheck = now;
            pid = process ? process->pid() : -1;
            copy = health;
        }
        if (options.onChange) {
            options.onChange(copy);
        }
    }

    /// A pause that a stop ends at once.
    void pause(absl::Duration time) const
    {
        const ProcessHandle self(getpid());
        self.waitForEnd(time, wakeFd);
    }

    std::optional<ProcessHandle> findRunning() const;
    absl::Status launch();
    absl::Status waitReady(std::uintmax_t logFrom);
    absl::Status startOrAdopt();
    std::string urlOf(const std::string& database, const char* role = "pilothouse") const;
    absl::Status ensureDatabase() const;
    void supervise();
    bool restart(int attempt);
    void trimLog() const;
    void end();
};

std::optional<ProcessHandle> PrivateCluster::State::findRunning() const
{
    const auto file = readPostmasterFile(place.data);
    if (!file) {
        return std::nullopt;
    }
    ProcessHandle handle(file->pid);
    if (!handle.hasEnded() && isPostmasterOf(file->pid, place.data)) {
        return handle;
    }
    // PostgreSQL would take any process with that pid for a running server, also a dead one that
    // nobody reaped yet. Its check of shared memory still keeps two servers apart.
    std::error_code error;
    fs::remove(place.data / "postmaster.pid", error);
    fs::remove(place.socketFolder / ".s.PGSQL.5432.lock", error);
    return std::nullopt;
}

absl::Status PrivateCluster::State::launch()
{
    platform::Command command;
    command.program = place.binaries.program("postgres");
    command.arguments = {"-D", place.data.string()};
    command.account = place.account;
    command.folder = place.root;
    command.logFile = place.logFile;
    auto started = ChildProcess::start(command);
    PH_RETURN_IF_ERROR(started.status());
    child.emplace(std::move(*started));
    process.emplace(child->handle().pid());
    return absl::OkStatus();
}

absl::Status PrivateCluster::State::waitReady(std::uintmax_t logFrom)
{
    const absl::Time end = absl::Now() + kReadyLimit;
    while (true) {
        const auto file = readPostmasterFile(place.data);
        if (file && file->pid == process->pid() && file->state == "ready") {
            return absl::OkStatus();
        }
        if (process->waitForEnd(kReadyPoll)) {
            const auto exit = child ? child->exit() : std::nullopt;
            return startFailed(place, exit ? exit->text() : "ended", logFrom);
        }
        if (isStopping) {
            return absl::CancelledError("the server is stopping");
        }
        if (absl::Now() > end) {
            return startFailed(place, "did not become ready in five minutes", logFrom);
        }
    }
}

absl::Status PrivateCluster::State::startOrAdopt()
{
    const std::uintmax_t logFrom = sizeOf(place.logFile);
    child.reset();
    process = findRunning();
    if (process) {
        spdlog::info(
            "taking over PostgreSQL with pid {}, which a killed server left", process->pid());
        const auto file = readPostmasterFile(place.data);
        if (file && !file->socketFolder.empty()) {
            place.socketFolder = file->socketFolder;
        }
        process->signal(
            SIGHUP); // reads the configuration again: the server's user may have changed
    } else {
        PH_RETURN_IF_ERROR(launch());
    }
    absl::Status ready = waitReady(logFrom);
    if (!ready.ok() && child) {
        child->stop(SIGQUIT, kImmediateStop);
    }
    return ready;
}

std::string PrivateCluster::State::urlOf(const std::string& database, const char* role) const
{
    ConnectionString string;
    string.set("host", place.socketFolder.string());
    string.set("user", role);
    string.set("dbname", database);
    // What PGPORT, PGOPTIONS and the like in our environment say is meant for other servers.
    string.set("port", "5432");
    string.set("options", "");
    string.set("connect_timeout", "5");
    string.set("channel_binding", "disable");
    string.set("target_session_attrs", "any");
    return string.text();
}

/// The control database and its extension; made once.
absl::Status PrivateCluster::State::ensureDatabase() const
{
    try {
        pqxx::connection connection(urlOf("postgres"));
        pqxx::nontransaction session(connection);
        if (!session.exec("SELECT 1 FROM pg_database WHERE datname = 'pilothouse'").empty()) {
            return absl::OkStatus();
        }
        if (place.binaries.hasLibrary("pg_stat_statements")) {
            // In the template, so that the copy has it from its first moment.
            pqxx::connection pattern(urlOf("template1"));
            pqxx::nontransaction(pattern).exec("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        }
        session.exec("CREATE DATABASE pilothouse");
        return absl::OkStatus();
    } catch (...) {
        return currentExceptionAsStatus("cannot make the control database");
    }
}

/// PostgreSQL appends to its log, so that cutting it in place is safe.
void PrivateCluster::State::trimLog() const
{
    if (sizeOf(place.logFile) > kMaxLogBytes) {
        std::error_code error;
        fs::copy_file(
            place.logFile,
            place.logFile.string() + ".1",
            fs::copy_options::overwrite_existing,
            error);
        fs::resize_file(place.logFile, 0, error);
    }
}

bool PrivateCluster::State::restart(int attempt)
{
    const absl::Duration wait =
        attempt == 0 ? absl::ZeroDuration()
                     : std::min(kFirstBackOff * (1 << std::min(attempt, 16)), kLongestBackOff);
    pause(wait);
    if (isStopping) {
        return false;
    }
    const absl::Status status = startOrAdopt();
    if (!status.ok() && !isStopping) {
        spdlog::error("PostgreSQL does not start: {}", describe(status));
        setHealth(system::HealthState::Unhealthy, describe(status));
    }
    return status.ok();
}

void PrivateCluster::State::supervise()
{
    absl::Time startedAt = absl::Now();
    int attempt = 0;
    while (!isStopping) {
        if (!process->waitForEnd(kLogCheck, wakeFd)) {
            trimLog();
            continue;
        }
        if (isStopping) {
            return;
        }
        const auto exit = child ? child->exit() : std::nullopt;
        const std::string how = exit ? exit->text() : "ended";
        spdlog::error("PostgreSQL (pid {}) {}; starting it again", process->pid(), how);
        setHealth(
            system::HealthState::Degraded,
            fmt::format("PostgreSQL {}; it is being started again.", how));
        attempt = absl::Now() - startedAt > kStableAfter ? 0 : attempt;
        while (!isStopping && !restart(attempt)) {
            ++attempt;
        }
        if (!isStopping) {
            startedAt = absl::Now();
            ++attempt;
            spdlog::info("PostgreSQL runs again with pid {}", process->pid());
            setHealth(system::HealthState::Healthy, "");
        }
    }
}

void PrivateCluster::State::end()
{
    if (!process) {
        return;
    }
    for (const auto& [signal, patience] :
         {std::pair(SIGINT, kFastStop), std::pair(SIGQUIT, kImmediateStop)}) {
        process->signal(signal);
        if (process->waitForEnd(patience)) {
            break;
        }
        spdlog::warn("PostgreSQL did not stop on signal {}", signal);
    }
    if (!process->hasEnded()) {
        process->signal(SIGKILL);
        process->waitForEnd(absl::Seconds(1));
    }
    if (child) {
        child->exit();
    }
}

PrivateCluster::PrivateCluster(std::unique_ptr<State> state) : m_state(std::move(state)) {}

PrivateCluster::~PrivateCluster()
{
    stop();
}

absl::StatusOr<std::unique_ptr<PrivateCluster>> PrivateCluster::start(
    const platform::DataDirectory& directory, Options options)
{
    auto state = std::make_unique<State>();
    PH_ASSIGN_OR_RETURN(
        state->place, preparePlace(directory.path(), options.binaries, options.user));
    if (!isInitialised(state->place)) {
        PH_RETURN_IF_ERROR(initialise(state->place));
    }
    PH_RETURN_IF_ERROR(writeConfiguration(state->place, options.maxConnections));
    state->options = std::move(options);
    state->trimLog();
    std::unique_ptr<PrivateCluster> cluster(new PrivateCluster(std::move(state)));
    State* raw = cluster->m_state.get();
    PH_RETURN_IF_ERROR(raw->startOrAdopt());
    PH_RETURN_IF_ERROR(raw->ensureDatabase());
    raw->setHealth(system::HealthState::Healthy, "");
    raw->supervisor = std::thread([raw] { raw->supervise(); });
    pthread_setname_np(raw->supervisor.native_handle(), "pg-supervisor");
    return cluster;
}

std::string PrivateCluster::url(const std::string& database) const
{
    return m_state->urlOf(database);
}

std::string PrivateCluster::serverUrl(const std::string& database) const
{
    return m_state->urlOf(database, kServerRole);
}

system::ComponentHealth PrivateCluster::health() const
{
    const std::lock_guard lock(m_state->mutex);
    return m_state->health;
}

pid_t PrivateCluster::postmasterPid() const
{
    const std::lock_guard lock(m_state->mutex);
    return m_state->pid;
}

void PrivateCluster::stop()
{
    if (m_state->isStopping.exchange(true)) {
        return;
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(m_state->wakeFd, &one, sizeof(one));
    if (m_state->supervisor.joinable()) {
        m_state->supervisor.join();
    }
    m_state->end();
}

} // namespace pilothouse::postgres
