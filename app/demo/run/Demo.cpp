// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/run/Demo.h"

#include "app/demo/http/Asio.h"
#include "app/demo/run/EarlierServer.h"
#include "app/demo/run/Haproxy.h"
#include "shared/base/StatusHelpers.h"
#include "shared/base/WorkspacePath.h"

#include <boost/dll/runtime_symbol_info.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

namespace pilothouse::demo {

namespace {

constexpr auto kWatch = std::chrono::milliseconds(200);
/// A server stops within ten seconds or is stopped.
constexpr auto kPatience = std::chrono::seconds(15);
/// Green's preview gets this share of the live rate, so that there is something to compare.
constexpr double kPreviewShare = 0.25;

std::string thisProgram()
{
    return boost::dll::program_location().string();
}

/// Both colours as an application that can be rolled out.
std::string rolloutConfig(const std::filesystem::path& folder)
{
    return fmt::format(
        R"(
[[rollouts.applications]]
name = "extraction"
haproxy_socket = "{0}/haproxy.sock"
map_file = "{0}/colour.map"
preview_key = "preview"
split_key = "split"
traffic_steps = [5, 25, 50]
hold_back = 10
automatic_rollback = true
)",
        folder.string());
}

std::string serverConfig(const std::filesystem::path& targets)
{
    return fmt::format(
        R"toml(# Written by pilothouse-demo at every start.
[server]
display_name = "Demo"
environment = "local"

[[metrics.scrape]]
job = "demo"
interval = "1s"
timeout = "1s"
files = ["{}"]

# Says how many processes the load would need; the demo starts no more of them.
[scaling]
interval = "5s"

[[scaling.policies]]
name = "extraction"
title = "HTML extraction"
ready_query = "sum(up{{job='extraction'}})"
minimum = 1
maximum = 8
down_stabilisation = "1m"

[[scaling.metrics]]
policy = "extraction"
name = "requests"
expression = "sum(rate(riptide_requests_total{{job='extraction'}}[30s]))"
target = 50
unit = "requests/s"
measures = "total"

[[scaling.metrics]]
policy = "extraction"
name = "cpu"
expression = "avg(riptide_cpu_usage_ratio{{job='extraction'}})"
target = 0.7
unit = "of a CPU"
)toml",
        targets.string());
}

} // namespace

Demo::Demo(DemoOptions options)
    : m_options(std::move(options)), m_folder(m_options.workspace / "demo")
{}

absl::Status Demo::run()
{
    std::error_code error;
    std::filesystem::create_directories(m_folder, error);
    if (error) {
        return absl::PermissionDeniedError(
            fmt::format("cannot make {}: {}", m_folder.string(), error.message()));
    }
    PH_RETURN_IF_ERROR(lockWorkspace());
    PH_RETURN_IF_ERROR(awaitEarlierServer());
    absl::Status status = startWorkload();
    if (status.ok()) {
        status = startServer();
    }
    if (status.ok() && !m_options.headless) {
        status = startConsole();
    }
    if (status.ok()) {
        printCommands();
        status = waitForEnd();
    }
    m_registrar.reset();
    while (!m_children.empty()) {
        m_children.back().stop();
        m_children.pop_back();
    }
    std::filesystem::remove(m_folder / "state.json", error);
    return status;
}

absl::Status Demo::lockWorkspace()
{
    const auto file = m_folder / "lock";
    std::ofstream(file, std::ios::app).flush();
    try {
        m_lock = boost::interprocess::file_lock(file.c_str());
        if (m_lock.try_lock()) {
            return absl::OkStatus();
        }
    } catch (const boost::interprocess::interprocess_exception& error) {
        return absl::InternalError(fmt::format("cannot lock {}: {}", file.string(), error.what()));
    }
    return withHint(
        absl::FailedPreconditionError(
            fmt::format("a demo already runs on {}", m_options.workspace.string())),
        "Stop it, or choose another folder with --data-dir.");
}

absl::Status Demo::awaitEarlierServer()
{
    if (!serverHolds(m_options.workspace)) {
        return absl::OkStatus();
    }
    // A demo that ends in order removes its state: this one was killed, and its server is stopping.
    if (readState(m_folder).ok()) {
        std::cerr << "pilothouse-demo: the last demo was killed; waiting for its server to stop."
                  << std::endl;
        if (waitForServerToLetGo(m_options.workspace, kPatience)) {
            return absl::OkStatus();
        }
    }
    return withHint(
        absl::FailedPreconditionError(
            fmt::format("a server already runs on {}", m_options.workspace.string())),
        "Stop it, or choose another folder with --data-dir.");
}

absl::Status Demo::startWorkload()
{
    PH_RETURN_IF_ERROR(startColour("blue", "1", m_state.blue));
    if (findSystemProgram("haproxy").empty()) {
        std::cerr
            << "pilothouse-demo: haproxy is not installed, so only blue runs, without green.\n";
        PH_RETURN_IF_ERROR(startTraffic(m_state.blue, "traffic", m_options.requestsPerSecond));
    } else {
        PH_RETURN_IF_ERROR(startColour("green", "2", m_state.green));
        HaproxyPorts ports;
        auto haproxy = startHaproxy(m_folder, m_state.blue, m_state.green, ports);
        PH_RETURN_IF_ERROR(haproxy.status());
        m_children.push_back(*std::move(haproxy));
        m_state.live = ports.live;
        m_state.preview = ports.preview;
        m_state.haproxyMetrics = ports.metrics;
        const double rate = m_options.requestsPerSecond;
        PH_RETURN_IF_ERROR(startTraffic(ports.live, "traffic", rate));
        PH_RETURN_IF_ERROR(startTraffic(ports.preview, "preview-traffic", rate * kPreviewShare));
    }
    PH_RETURN_IF_ERROR(writeState(m_folder, m_state));
    return writeTargets(m_folder / "targets.json", m_state);
}

absl::Status Demo::startColour(const char* colour, const char* version, unsigned short& port)
{
    auto child = Child::start(
        colour,
        thisProgram(),
        {"extraction", "--version-label", version},
        m_folder / fmt::format("{}.log", colour));
    PH_RETURN_IF_ERROR(child.status());
    const auto line = child->readLine("listening ");
    PH_RETURN_IF_ERROR(line.status());
    port = static_cast<unsigned short>(std::strtoul(line->c_str() + line->find(' '), nullptr, 10));
    m_children.push_back(*std::move(child));
    return absl::OkStatus();
}

absl::Status Demo::startTraffic(unsigned short port, const char* name, double rate)
{
    auto child = Child::start(
        name,
        thisProgram(),
        {"traffic", "--port", std::to_string(port), "--rate", fmt::format("{}", rate)},
        m_folder / fmt::format("{}.log", name));
    PH_RETURN_IF_ERROR(child.status());
    m_children.push_back(*std::move(child));
    return absl::OkStatus();
}

absl::Status Demo::startServer()
{
    const auto config = m_folder / "pilothouse.toml";
    std::ofstream(config) << serverConfig(m_folder / "targets.json")
                          << (m_state.green != 0 ? rolloutConfig(m_folder) : "");
    const auto log = m_folder / "pilothoused.log";
    auto server = Child::start(
        "pilothoused",
        findProgram("pilothoused"),
        {"run",
         "--data-dir",
         m_options.workspace.string(),
         "--config",
         config.string(),
         "--grpc-listen",
         "127.0.0.1:0",
         "--http-listen",
         "127.0.0.1:0"},
        log);
    PH_RETURN_IF_ERROR(server.status());
    const auto ready = server->readLine("ready ");
    if (!ready.ok()) {
        std::ifstream in(log);
        std::cerr << in.rdbuf();
        return ready.status();
    }
    std::cout << *ready << std::endl;
    m_children.push_back(*std::move(server));
    m_registrar.emplace(m_options.workspace / "pilothouse.sock", m_state);
    return absl::OkStatus();
}

absl::Status Demo::startConsole()
{
#ifdef __linux__
    if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr &&
        std::getenv("QT_QPA_PLATFORM") == nullptr) {
        return withHint(
            absl::FailedPreconditionError("there is no display to open the console on"),
            "Run with --headless, or set DISPLAY.");
    }
#endif
    const auto socket = m_options.workspace / "pilothouse.sock";
    auto console = Child::start(
        "console",
        findProgram("pilothouse"),
        {"--connect", "unix:" + socket.string()},
        m_folder / "console.log");
    PH_RETURN_IF_ERROR(console.status());
    m_children.push_back(*std::move(console));
    return absl::OkStatus();
}

void Demo::printCommands() const
{
    const std::string ctl = fmt::format(
        "{} --server unix:{}",
        findProgram("pilothousectl").string(),
        (m_options.workspace / "pilothouse.sock").string());
    std::cout << fmt::format(
        "The demo runs; Ctrl+C stops it. Try, in another terminal:\n"
        "  {0} status\n"
        "  {0} metrics targets\n"
        "  {0} services show extraction\n"
        "  {0} metrics query 'sum by (colour) (rate(riptide_requests_total[1m]))'\n",
        ctl);
    if (m_state.green != 0) {
        std::cout << fmt::format(
            "  {0} rollouts start extraction --revision 2\n"
            "  {0} rollouts watch extraction\n"
            "  {0} rollouts promote extraction --confirm Demo\n"
            "  {0} rollouts rollback extraction --confirm Demo\n",
            ctl);
        const bool isElsewhere = m_options.workspace != localWorkspacePath();
        std::cout << fmt::format(
            "  {} make-green-bad {}on     (errors and latency in green; off ends it)\n",
            thisProgram(),
            isElsewhere ? fmt::format("--data-dir {} ", m_options.workspace.string()) : "");
    }
    std::cout.flush();
}

absl::Status Demo::waitForEnd()
{
    asio::io_context context;
    absl::Status status;
    asio::signal_set signals(context, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code&, int) { context.stop(); });
    asio::co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
            asio::steady_timer timer(context);
            for (;;) {
                timer.expires_after(kWatch);
                co_await timer.async_wait(asio::use_awaitable);
                for (auto& child : m_children) {
                    if (child.running()) {
                        continue;
                    }
                    if (child.name() != "console") {
                        status = absl::UnavailableError(fmt::format(
                            "{} ended; its log is in {}", child.name(), m_folder.string()));
                    }
                    context.stop();
                    co_return;
                }
            }
        },
        asio::detached);
    context.run();
    return status;
}

} // namespace pilothouse::demo
