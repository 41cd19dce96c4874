// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/extraction/ExtractionService.h"
#include "app/demo/http/HttpCall.h"
#include "app/demo/run/Demo.h"
#include "app/demo/traffic/Traffic.h"
#include "shared/base/StatusHelpers.h"
#include "shared/base/WorkspacePath.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <csignal>
#include <iostream>
#include <unistd.h>

namespace {

using namespace pilothouse;       // NOLINT(google-build-using-namespace): a main file
using namespace pilothouse::demo; // NOLINT(google-build-using-namespace)

int report(const absl::Status& status)
{
    if (status.ok()) {
        return 0;
    }
    std::cerr << "pilothouse-demo: " << describe(status) << "\n";
    return 1;
}

/// A child of the demo ends when its standard input closes, that is, when the demo is gone.
void stopWithParent(asio::io_context& context, asio::posix::stream_descriptor& input)
{
    static char byte = 0;
    input.async_read_some(
        asio::buffer(&byte, 1), [&](const boost::system::error_code& error, std::size_t) {
            if (error) {
                context.stop();
            } else {
                stopWithParent(context, input);
            }
        });
}

void runUntilStopped(asio::io_context& context)
{
    asio::signal_set signals(context, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code&, int) { context.stop(); });
    asio::posix::stream_descriptor input(context, ::dup(STDIN_FILENO));
    stopWithParent(context, input);
    context.run();
}

int serveExtraction(const std::string& version, unsigned short port)
{
    asio::io_context context;
    const ExtractionService service(context, port, version);
    std::cout << "listening " << service.port() << std::endl;
    runUntilStopped(context);
    return 0;
}

int sendTraffic(unsigned short port, double rate)
{
    asio::io_context context;
    Traffic traffic(context, port, rate);
    traffic.start();
    runUntilStopped(context);
    const auto counts = traffic.counts();
    std::cerr << fmt::format(
        "{} requests, {} failed, {} dropped\n", counts.sent, counts.failed, counts.dropped);
    return 0;
}

int makeGreenBad(const std::filesystem::path& workspace, bool bad)
{
    const auto state = readState(workspace / "demo");
    if (!state.ok()) {
        return report(state.status());
    }
    if (state->green == 0) {
        return report(absl::FailedPreconditionError("this demo runs without green"));
    }
    const auto answer =
        callAndWait(state->green, http::verb::post, bad ? "/fault?bad=true" : "/fault?bad=false");
    if (!answer.ok()) {
        return report(answer.status());
    }
    std::cout << answer->body();
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    CLI::App app{"A small real workload to look at with Pilothouse", "pilothouse-demo"};
    app.set_version_flag("--version", PILOTHOUSE_VERSION);
    app.require_subcommand(1);

    DemoOptions options;
    options.workspace = localWorkspacePath();
    auto* run = app.add_subcommand("run", "Server, workload and console together");
    run->add_option("--data-dir", options.workspace, "Data directory of the server")
        ->capture_default_str();
    run->add_flag("--headless", options.headless, "No console: server and workload only");
    run->add_option("--rate", options.requestsPerSecond, "Mean requests a second")
        ->check(CLI::Range(0.1, 2000.0))
        ->capture_default_str();

    bool bad = false;
    auto* green = app.add_subcommand("make-green-bad", "Let green answer with errors and late");
    green->add_option("--data-dir", options.workspace, "Data directory of the demo's server");
    green->add_option("switch", bad, "on or off")->required();

    std::string version = "1";
    unsigned short port = 0;
    auto* extraction = app.add_subcommand("extraction", "The extraction service alone");
    extraction->add_option("--version-label", version, "Version that it reports");
    extraction->add_option("--port", port, "Port on 127.0.0.1; 0 = any free one");

    double rate = 110;
    auto* traffic = app.add_subcommand("traffic", "The load alone");
    traffic->add_option("--port", port, "Port on 127.0.0.1")->required();
    traffic->add_option("--rate", rate, "Mean requests a second")->check(CLI::Range(0.1, 2000.0));

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        if (run->parsed()) {
            options.workspace = std::filesystem::absolute(options.workspace);
            return report(Demo(options).run());
        }
        if (green->parsed()) {
            return makeGreenBad(options.workspace, bad);
        }
        return extraction->parsed() ? serveExtraction(version, port) : sendTraffic(port, rate);
    } catch (const std::exception& error) {
        return report(absl::UnavailableError(error.what()));
    }
}
