// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/SideProcesses.h"

#include "server/config/Values.h"
#include "server/platform/faults/Faults.h"
#include "server/platform/process/Account.h"
#include "server/platform/process/Folders.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>
#include <system_error>
#include <utility>

namespace pilothouse::rollouts {

namespace {

namespace fs = std::filesystem;

constexpr auto kLook = std::chrono::milliseconds(200);
/// A log that has grown beyond it becomes the ".old" one.
constexpr std::uintmax_t kLargestLog = 16U << 20U;

/// Tells one build of a command from the next: its words, and its program's file.
std::string versionOf(const std::vector<std::string>& command)
{
    std::error_code unknown; // a program that is not there cannot be started, and that is told
    const fs::path program = fs::weakly_canonical(command.front(), unknown);
    const auto time = fs::last_write_time(program, unknown).time_since_epoch().count();
    std::string text =
        fmt::format("{} {} {}", program.string(), time, fs::file_size(program, unknown));
    for (const std::string& word : command) {
        text += '\n' + word;
    }
    const auto hash = static_cast<std::uint32_t>(std::hash<std::string>()(text));
    return fmt::format("{} {:08x}", fs::path(command.front()).filename().string(), hash);
}

/// What is written with O_APPEND goes on at the beginning of the emptied file.
void boundLog(const fs::path& log)
{
    std::error_code failed; // nothing depends on it: it is tried again
    if (fs::file_size(log, failed) > kLargestLog && !failed) {
        fs::copy_file(log, log.string() + ".old", fs::copy_options::overwrite_existing, failed);
        if (!failed) {
            fs::resize_file(log, 0, failed);
        }
    }
}

} // namespace

struct SideProcesses::Process
{
    Colour colour = Colour::Blue;
    SideServer server;
    platform::LastingProcess runs;
    /// Of what was started last.
    std::string version = {};
    bool isReplaced = false;
};

absl::StatusOr<std::unique_ptr<SideProcesses>> SideProcesses::open(
    const config::RolloutApplication& application, fs::path folder, const Clock& clock)
{
    PH_ASSIGN_OR_RETURN(ProcessRecords records, readProcessRecords(folder / "processes.json"));
    return std::unique_ptr<SideProcesses>(
        new SideProcesses(application, std::move(folder), clock, std::move(records)));
}

SideProcesses::SideProcesses(
    config::RolloutApplication application,
    fs::path folder,
    const Clock& clock,
    ProcessRecords records)
    : m_application(std::move(application)), m_folder(std::move(folder)), m_clock(clock)
{
    const std::vector<ProcessRecord> earlier = std::exchange(records.processes, {});
    m_records = std::move(records);
    adopt(earlier);
    publish();
    m_thread = std::thread([this] { supervise(); });
}

SideProcesses::~SideProcesses()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

void SideProcesses::adopt(const std::vector<ProcessRecord>& records)
{
    for (const ProcessRecord& record : records) {
        SideServer server;
        server.name = record.server;
        for (const SideServer& wanted : m_records.wanted(record.colour)) {
            if (wanted.name == record.server) {
                server = wanted;
            }
        }
        Process process = made(record.colour, server);
        // What ended while nobody looked is nothing any more.
        if (process.runs.adopt(record.pid, record.birth, m_clock.monotonic())) {
            process.version = record.version;
            m_processes.push_back(std::move(process));
        }
    }
    for (const Colour colour : {Colour::Blue, Colour::Green}) {
        for (const SideServer& server : m_records.wanted(colour)) {
            processFor(colour, server);
        }
    }
}

SideProcesses::Process SideProcesses::made(Colour colour, const SideServer& server) const
{
    return {colour, server, platform::LastingProcess(server.name, logOf(colour, server.name))};
}

SideProcesses::Process& SideProcesses::processFor(Colour colour, const SideServer& server)
{
    const auto found = std::ranges::find_if(m_processes, [&](const Process& process) {
        return process.colour == colour && process.server == server;
    });
    return found != m_processes.end() ? *found : m_processes.emplace_back(made(colour, server));
}

const std::vector<std::string>& SideProcesses::commandOf(Colour colour) const
{
    return colour == Colour::Blue ? m_application.blueCommand : m_application.greenCommand;
}

fs::path SideProcesses::logOf(Colour colour, const std::string& server) const
{
    return m_folder / fmt::format("{}-{}.log", std::string(colourName(colour)), server);
}

std::vector<SideServer> SideProcesses::wanted(Colour colour) const
{
    const std::lock_guard lock(m_seenMutex);
    return colour == Colour::Blue ? m_seen.blueWanted : m_seen.greenWanted;
}

bool SideProcesses::isWanted(const Process& process) const
{
    const auto& wanted = m_records.wanted(process.colour);
    return std::ranges::find(wanted, process.server) != wanted.end();
}

absl::Status SideProcesses::write() const
{
    PH_RETURN_IF_ERROR(platform::makeFolder(m_folder, fs::perms::owner_all));
    ProcessRecords records = m_records;
    for (const Process& process : m_processes) {
        if (process.runs.isRunning()) {
            records.processes.push_back(
                {process.colour,
                 process.server.name,
                 process.runs.pid(),
                 process.runs.birth(),
                 process.version});
        }
    }
    return writeProcessRecords(m_folder / "processes.json", records);
}

absl::StatusOr<bool> SideProcesses::run(
    Colour colour, const std::vector<SideServer>& servers, bool mayReplace)
{
    const std::string version = versionOf(commandOf(colour));
    const std::lock_guard lock(m_mutex);
    bool isChanged = false;
    if (m_records.wanted(colour) != servers) {
        const auto before = std::exchange(m_records.wanted(colour), servers);
        if (absl::Status written = write(); !written.ok()) {
            m_records.wanted(colour) = before;
            return written;
        }
        isChanged = true;
    }
    for (const SideServer& server : servers) {
        Process& process = processFor(colour, server);
        if (mayReplace && process.runs.isRunning() && process.version != version &&
            !process.isReplaced) {
            process.isReplaced = true;
            isChanged = true;
        }
    }
    publish();
    m_wake.notify_all();
    return isChanged;
}

absl::StatusOr<bool> SideProcesses::stop(Colour colour)
{
    const std::lock_guard lock(m_mutex);
    if (m_records.wanted(colour).empty()) {
        return false;
    }
    const auto before = std::exchange(m_records.wanted(colour), {});
    if (absl::Status written = write(); !written.ok()) {
        m_records.wanted(colour) = before;
        return written;
    }
    publish();
    m_wake.notify_all();
    return true;
}

std::set<std::string> SideProcesses::running(Colour colour) const
{
    const std::lock_guard lock(m_seenMutex);
    return colour == Colour::Blue ? m_seen.blueRunning : m_seen.greenRunning;
}

std::set<std::string> SideProcesses::runningOn(Colour colour) const
{
    std::set<std::string> names;
    for (const Process& process : m_processes) {
        const bool isThere = process.runs.isRunning() && !process.runs.isEnding();
        if (process.colour == colour && isThere && !process.isReplaced && isWanted(process)) {
            names.insert(process.server.name);
        }
    }
    return names;
}

void SideProcesses::beforeStart(std::function<void(const std::string& address)> call)
{
    const std::lock_guard lock(m_mutex);
    m_beforeStart = std::move(call);
}

std::string SideProcesses::version(Colour colour) const
{
    const std::lock_guard lock(m_seenMutex);
    return colour == Colour::Blue ? m_seen.blueVersion : m_seen.greenVersion;
}

absl::Status SideProcesses::problem() const
{
    const std::lock_guard lock(m_seenMutex);
    return m_seen.problem;
}

std::string SideProcesses::versionOn(Colour colour) const
{
    std::set<std::string> versions;
    for (const Process& process : m_processes) {
        if (process.colour == colour && process.runs.isRunning()) {
            versions.insert(process.version);
        }
    }
    return absl::StrJoin(versions, ", ");
}

void SideProcesses::publish()
{
    Seen seen;
    seen.blueWanted = m_records.blue;
    seen.greenWanted = m_records.green;
    seen.blueRunning = runningOn(Colour::Blue);
    seen.greenRunning = runningOn(Colour::Green);
    seen.blueVersion = versionOn(Colour::Blue);
    seen.greenVersion = versionOn(Colour::Green);
    const auto troubled = std::ranges::find_if(
        m_processes, [](const Process& process) { return !process.runs.trouble().empty(); });
    if (troubled != m_processes.end()) {
        seen.problem = absl::UnavailableError(troubled->runs.trouble());
    }
    const std::lock_guard lock(m_seenMutex);
    m_seen = std::move(seen);
}

void SideProcesses::supervise()
{
    std::unique_lock lock(m_mutex);
    while (!m_isStopping) {
        look();
        publish();
        m_wake.wait_for(lock, kLook);
    }
}

void SideProcesses::look()
{
    const absl::Duration now = m_clock.monotonic();
    for (auto next = m_processes.begin(); next != m_processes.end();) {
        Process& process = *next;
        if (const auto ended = process.runs.look(now)) {
            tell(process, *ended);
        }
        const bool isWanted = this->isWanted(process);
        if (!isWanted && !process.runs.isRunning()) {
            next = m_processes.erase(next);
            continue;
        }
        ++next;
        if (!process.runs.isRunning()) {
            if (process.runs.isDue(now)) {
                start(process);
            }
            continue;
        }
        boundLog(logOf(process.colour, process.server.name));
        if (!isWanted || process.isReplaced) {
            process.runs.end(m_application.drainMost, now);
        }
    }
}

absl::StatusOr<platform::Command> SideProcesses::command(const Process& process) const
{
    PH_ASSIGN_OR_RETURN(
        const config::HostPort place, config::parseHostPort(process.server.address));
    std::vector<std::string> words = commandOf(process.colour);
    for (std::string& word : words) {
        word = absl::StrReplaceAll(
            word, {{"{address}", place.host}, {"{port}", std::to_string(place.port)}});
    }
    platform::Command command;
    command.program = words.front();
    command.arguments.assign(words.begin() + 1, words.end());
    PH_ASSIGN_OR_RETURN(
        const platform::Account account,
        m_application.runAs.empty() ? platform::serviceAccount("")
                                    : platform::findAccount(m_application.runAs));
    command.account = account;
    return command;
}

void SideProcesses::start(Process& process)
{
    process.isReplaced = false;
    process.version = versionOf(commandOf(process.colour));
    const absl::Status folder = platform::makeFolder(m_folder, fs::perms::owner_all);
    const auto known = [&]() -> absl::Status {
        PH_RETURN_IF_ERROR(write());
        PH_FAULT("rollouts.before_process");
        return absl::OkStatus();
    };
    if (m_beforeStart) {
        m_beforeStart(process.server.address);
    }
    const absl::Status started = process.runs.start(
        folder.ok() ? command(process) : absl::StatusOr<platform::Command>(folder),
        known,
        m_clock.monotonic());
    if (!started.ok()) {
        spdlog::warn("rollouts of {}: {}", m_application.name, process.runs.trouble());
        return;
    }
    spdlog::info(
        "rollouts of {}: {} runs as process {} ({})",
        m_application.name,
        process.server.name,
        process.runs.pid(),
        process.version);
}

void SideProcesses::tell(const Process& process, const platform::LastingProcess::Ended& ended)
{
    if (const absl::Status written = write(); !written.ok()) {
        spdlog::warn("rollouts of {}: {}", m_application.name, describe(written));
    }
    if (ended.isAsked) {
        spdlog::info(
            "rollouts of {}: {} (process {}) {}",
            m_application.name,
            process.server.name,
            ended.pid,
            ended.how);
    } else {
        spdlog::warn("rollouts of {}: {}", m_application.name, process.runs.trouble());
    }
}

} // namespace pilothouse::rollouts
