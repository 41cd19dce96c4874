// SPDX-License-Identifier: Apache-2.0
#include "server/platform/haproxy/PrivateHaproxy.h"

#include "server/platform/faults/Faults.h"
#include "server/platform/process/DurableFile.h"
#include "server/platform/process/Folders.h"
#include "server/platform/process/Programs.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <csignal>
#include <utility>

namespace pilothouse::haproxy {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr auto kLook = std::chrono::milliseconds(200);
constexpr absl::Duration kCheckLimit = absl::Seconds(10);
/// A configuration that HAProxy refuses may be put right from outside: a name that resolves again.
constexpr absl::Duration kCheckPause = absl::Seconds(5);

absl::StatusOr<fs::path> program()
{
    const auto found = platform::findProgram("haproxy");
    return found
               ? absl::StatusOr<fs::path>(*found)
               : withHint(
                     absl::FailedPreconditionError("there is no haproxy on this host"),
                     "Install it (2.6 or newer), or write haproxy_socket and map_file of one that "
                     "runs.");
}

} // namespace

absl::StatusOr<std::unique_ptr<PrivateHaproxy>> PrivateHaproxy::open(
    std::string name, fs::path folder, const Clock& clock)
{
    PH_RETURN_IF_ERROR(platform::makeFolder(folder, fs::perms::owner_all));
    platform::LastingProcess process("its HAProxy", folder / "haproxy.log");
    std::string loaded;
    const fs::path record = folder / "process.json";
    const auto text = platform::readSmallFile(record);
    if (!text.ok() && !absl::IsNotFound(text.status())) {
        return text.status();
    }
    if (text.ok()) {
        try {
            const Json json = Json::parse(*text);
            if (process.adopt(
                    json.at("pid").get<pid_t>(),
                    json.at("birth").get<std::string>(),
                    clock.monotonic())) {
                loaded = json.at("version").get<std::string>();
            }
        } catch (const Json::exception& error) {
            return withHint(
                absl::DataLossError(
                    fmt::format("{} cannot be read: {}", record.string(), error.what())),
                "End the HAProxy that it tells of, then move it away.");
        }
    }
    return std::unique_ptr<PrivateHaproxy>(new PrivateHaproxy(
        std::move(name), std::move(folder), clock, std::move(loaded), std::move(process)));
}

PrivateHaproxy::PrivateHaproxy(
    std::string name,
    fs::path folder,
    const Clock& clock,
    std::string loaded,
    platform::LastingProcess process)
    : m_name(std::move(name)),
      m_folder(std::move(folder)),
      m_clock(clock),
      m_loaded(std::move(loaded)),
      m_process(std::move(process))
{
    m_thread = std::thread([this] { supervise(); });
}

PrivateHaproxy::~PrivateHaproxy()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

absl::Status PrivateHaproxy::configure(const Configuration& configuration)
{
    const auto before = platform::readSmallFile(file());
    if (!before.ok() || *before != configuration.text) {
        PH_RETURN_IF_ERROR(platform::replaceFile(file(), configuration.text));
    }
    const std::lock_guard lock(m_mutex);
    m_wanted = configuration.version;
    m_wake.notify_all();
    return absl::OkStatus();
}

absl::Status PrivateHaproxy::problem() const
{
    const std::lock_guard lock(m_mutex);
    return m_problem;
}

void PrivateHaproxy::note(absl::Status problem)
{
    const std::lock_guard lock(m_mutex);
    if (!problem.ok() && problem.message() != m_problem.message()) {
        spdlog::warn("rollouts of {}: {}", m_name, describe(problem));
    }
    m_problem = std::move(problem);
}

absl::Status PrivateHaproxy::write() const
{
    const Json json{{"pid", m_process.pid()}, {"birth", m_process.birth()}, {"version", m_loaded}};
    return platform::replaceFile(m_folder / "process.json", json.dump(1) + "\n");
}

void PrivateHaproxy::supervise()
{
    std::unique_lock lock(m_mutex);
    while (!m_isStopping) {
        const std::string wanted = m_wanted;
        lock.unlock();
        look(wanted);
        lock.lock();
        if (!m_isStopping && m_wanted == wanted) {
            m_wake.wait_for(lock, kLook);
        }
    }
}

void PrivateHaproxy::look(const std::string& wanted)
{
    const absl::Duration now = m_clock.monotonic();
    if (m_process.look(now)) {
        note(absl::UnavailableError(m_process.trouble()));
    }
    const bool isToWait = m_refused == wanted && now < m_checkAgain;
    if (wanted.empty() || isToWait) {
        return;
    }
    if (m_process.isDue(now)) {
        begin(wanted, now);
    } else if (m_process.isRunning() && m_loaded != wanted) {
        reload(wanted, now);
    } else if (m_process.isRunning() && m_process.trouble().empty()) {
        note(absl::OkStatus());
    }
}

absl::Status PrivateHaproxy::check() const
{
    platform::Command command;
    PH_ASSIGN_OR_RETURN(command.program, program());
    command.arguments = {"-c", "-q", "-f", file().string()};
    PH_ASSIGN_OR_RETURN(
        const platform::CommandResult result, platform::runCommand(command, kCheckLimit));
    return result.exit.code == 0 ? absl::OkStatus()
                                 : absl::FailedPreconditionError(fmt::format(
                                       "HAProxy does not take the configuration {}: {}",
                                       file().string(),
                                       result.output));
}

void PrivateHaproxy::begin(const std::string& wanted, absl::Duration now)
{
    absl::Status status = check();
    if (!status.ok()) {
        m_refused = wanted;
        m_checkAgain = now + kCheckPause;
        note(std::move(status));
        return;
    }
    platform::Command command;
    command.program = program().value_or("haproxy");
    command.folder = m_folder;
    command.arguments = {"-W", "-f", file().string()};
    m_loaded = wanted;
    status = m_process.start(
        std::move(command), [this] { return write(); }, now);
    if (!status.ok()) {
        note(absl::UnavailableError(m_process.trouble()));
        return;
    }
    spdlog::info("rollouts of {}: HAProxy runs as process {}", m_name, m_process.pid());
}

void PrivateHaproxy::reload(const std::string& wanted, absl::Duration now)
{
    absl::Status status = check();
    if (status.ok()) {
        m_process.signal(SIGUSR2);
        PH_FAULT("haproxy.after_reload");
        m_loaded = wanted;
        // After the signal: loading it once too often is no harm, not at all would be.
        status = write();
        spdlog::info("rollouts of {}: HAProxy loads another configuration", m_name);
    } else {
        m_refused = wanted;
        m_checkAgain = now + kCheckPause;
    }
    note(std::move(status));
}

} // namespace pilothouse::haproxy
