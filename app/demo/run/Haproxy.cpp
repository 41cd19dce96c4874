// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/run/Haproxy.h"

#include "app/demo/http/HttpCall.h"

#include <fmt/format.h>

#include <fstream>
#include <thread>

namespace pilothouse::demo {

namespace {

constexpr auto kStartDeadline = std::chrono::seconds(10);
constexpr auto kPoll = std::chrono::milliseconds(50);

unsigned short freePort()
{
    asio::io_context context;
    const asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    return acceptor.local_endpoint().port();
}

bool answers(unsigned short port)
{
    return callAndWait(port, http::verb::get, "/healthz").ok();
}

} // namespace

std::string haproxyConfig(
    const std::filesystem::path& folder,
    const HaproxyPorts& ports,
    unsigned short bluePort,
    unsigned short greenPort)
{
    return fmt::format(
        R"(# Written by pilothouse-demo at every start.
global
    maxconn 512
    stats socket {0}/haproxy.sock mode 600 level admin
    hard-stop-after 10s

defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
    timeout queue 5s
    timeout check 2s
    retries 2
    retry-on conn-failure empty-response
    option redispatch 1

frontend live
    bind 127.0.0.1:{1}
    http-request set-var(txn.split) str(split),map({0}/colour.map,0),add(0)
    use_backend %[str(preview),map({0}/colour.map,green)] if {{ rand(100),sub(txn.split) lt 0 }}
    use_backend %[str(active),map({0}/colour.map,blue)]

frontend preview
    bind 127.0.0.1:{2}
    use_backend %[str(preview),map({0}/colour.map,green)]

frontend metrics
    bind 127.0.0.1:{3}
    http-request use-service prometheus-exporter if {{ path /metrics }}
    http-request return status 404

# Each side stands in for the other one when all of that is gone, also with nobody there to switch.
backend blue
    option httpchk GET /healthz
    http-request disable-l7-retry unless METH_GET
    default-server observe layer4 error-limit 1 on-error mark-down check inter 500ms fall 2 rise 2
    server blue1 127.0.0.1:{4}
    server green1 127.0.0.1:{5} backup

backend green
    option httpchk GET /healthz
    http-request disable-l7-retry unless METH_GET
    default-server observe layer4 error-limit 1 on-error mark-down check inter 500ms fall 2 rise 2
    server green1 127.0.0.1:{5}
    server blue1 127.0.0.1:{4} backup
)",
        folder.string(),
        ports.live,
        ports.preview,
        ports.metrics,
        bluePort,
        greenPort);
}

absl::StatusOr<Child> startHaproxy(
    const std::filesystem::path& folder,
    unsigned short bluePort,
    unsigned short greenPort,
    HaproxyPorts& ports)
{
    const auto program = findSystemProgram("haproxy");
    if (program.empty()) {
        return absl::NotFoundError("haproxy is not installed");
    }
    ports = {freePort(), freePort(), freePort()};
    const auto config = folder / "haproxy.cfg";
    // What was promoted the last time stays so: the server of the workspace knows it, too.
    if (!std::filesystem::exists(folder / "colour.map")) {
        std::ofstream(folder / "colour.map") << "active blue\npreview green\n";
    }
    std::ofstream(config) << haproxyConfig(folder, ports, bluePort, greenPort);
    auto child =
        Child::start("haproxy", program, {"-db", "-f", config.string()}, folder / "haproxy.log");
    if (!child.ok()) {
        return child.status();
    }
    const auto deadline = std::chrono::steady_clock::now() + kStartDeadline;
    while (!answers(ports.live)) {
        if (!child->running() || std::chrono::steady_clock::now() > deadline) {
            return absl::UnavailableError(fmt::format(
                "haproxy does not answer on 127.0.0.1:{}; its log is {}",
                ports.live,
                (folder / "haproxy.log").string()));
        }
        std::this_thread::sleep_for(kPoll);
    }
    return child;
}

} // namespace pilothouse::demo
