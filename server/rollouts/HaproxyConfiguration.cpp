// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/HaproxyConfiguration.h"

#include "server/platform/process/Account.h"
#include "server/platform/process/DurableFile.h"
#include "server/platform/process/Folders.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace pilothouse::rollouts {

namespace {

constexpr const char* kHead = R"(# Written by pilothoused; what is changed here is lost.
global
    stats socket {socket} mode 600 level admin expose-fd listeners
    hard-stop-after 1h
{user}defaults
    mode http
    option forwardfor
    option idle-close-on-response
    option redispatch 1
    retries 5
    retry-on conn-failure empty-response
    timeout connect 2s
    timeout http-request 10s
    timeout http-keep-alive 1m
    timeout queue 30s
    timeout client 1m
    timeout server 1m
    timeout tunnel 1h
frontend traffic
    bind {listen}
    http-request set-var(txn.split) str({splitKey}),map({map},0),add(0)
    use_backend %[str({previewKey}),map({map},{green})] if {{ rand(100),sub(txn.split) lt 0 }}
    use_backend %[str({activeKey}),map({map},{blue})]
)";

constexpr const char* kPreview = R"(frontend preview
    bind {listen}
    use_backend %[str({previewKey}),map({map},{green})]
)";

/// The one that answers quickest gets most, which helps when one of many is slow.
constexpr const char* kBackend = R"(backend {name}
    balance leastconn
    http-request disable-l7-retry unless METH_GET
)";

bool isPlain(char character)
{
    return std::isalnum(static_cast<unsigned char>(character)) != 0 ||
           std::string_view("/._-+@:=~").find(character) != std::string_view::npos;
}

std::string serverLine(const SideServer& server, bool isStandby)
{
    return fmt::format(
        "    server {} {} {}\n", server.name, server.address, serverOptions(isStandby));
}

} // namespace

absl::StatusOr<HaproxyPlace> placeOwnHaproxy(
    const std::filesystem::path& folder, const config::RolloutApplication& application)
{
    PH_ASSIGN_OR_RETURN(const platform::Account self, platform::findAccount(geteuid()));
    HaproxyPlace place;
    if (self.uid == 0) {
        // It binds its ports as root, and serves as the account that its package has made.
        auto account = platform::findAccount("haproxy");
        if (!account.ok()) {
            account = platform::serviceAccount("");
        }
        PH_RETURN_IF_ERROR(account.status());
        place.user = static_cast<int>(account->uid);
        place.group = static_cast<int>(account->gid);
    }
    // HAProxy binds "haproxy.sock.PID.tmp" first.
    PH_ASSIGN_OR_RETURN(
        const std::filesystem::path sockets,
        platform::makeSocketFolder(folder / "socket", "haproxy.sock.1234567890.tmp", self));
    place.socket = sockets / "haproxy.sock";
    place.map = folder / "traffic.map";
    for (const std::string& path : {place.socket.string(), place.map.string()}) {
        if (!std::ranges::all_of(path, isPlain)) {
            return withHint(
                absl::FailedPreconditionError(fmt::format(
                    "HAProxy cannot have a path with blanks, quotes or brackets: {}", path)),
                "Choose a --data-dir without them.");
        }
    }
    std::error_code error; // a map that cannot be looked for cannot be written either
    if (!std::filesystem::exists(place.map, error)) {
        PH_RETURN_IF_ERROR(platform::replaceFile(
            place.map,
            fmt::format(
                "{} {}\n{} {}\n{} 0\n{} {}\n",
                kActiveKey,
                application.blueBackend,
                kPreviewKey,
                application.greenBackend,
                kSplitKey,
                kStandbyKey,
                kNobody)));
    }
    return place;
}

std::string serverOptions(bool isStandby)
{
    return fmt::format(
        "{}check inter 500ms rise 1 fall 2 observe layer4 error-limit 1 on-error mark-down",
        isStandby ? "backup " : "");
}

haproxy::PrivateHaproxy::Configuration haproxyConfiguration(
    const config::RolloutApplication& application,
    const HaproxyPlace& place,
    const HaproxyServers& servers)
{
    const std::string user = place.user < 0
                                 ? std::string()
                                 : fmt::format("    uid {}\n    gid {}\n", place.user, place.group);
    const auto filled = [&](const char* text, const std::string& listen) {
        return fmt::format(
            fmt::runtime(text),
            fmt::arg("socket", place.socket.string()),
            fmt::arg("user", user),
            fmt::arg("listen", listen),
            fmt::arg("map", place.map.string()),
            fmt::arg("activeKey", kActiveKey),
            fmt::arg("previewKey", kPreviewKey),
            fmt::arg("splitKey", kSplitKey),
            fmt::arg("blue", application.blueBackend),
            fmt::arg("green", application.greenBackend));
    };
    haproxy::PrivateHaproxy::Configuration configuration;
    std::string frame = filled(kHead, application.listen);
    if (!application.previewListen.empty()) {
        frame += filled(kPreview, application.previewListen);
    }
    configuration.text = frame;
    for (const Colour colour : {Colour::Blue, Colour::Green}) {
        const std::string& name =
            colour == Colour::Blue ? application.blueBackend : application.greenBackend;
        std::string backend = fmt::format(fmt::runtime(kBackend), fmt::arg("name", name));
        if (!application.healthPath.empty()) {
            backend += fmt::format("    option httpchk GET {}\n", application.healthPath);
        }
        frame += backend;
        configuration.text += backend;
        for (const SideServer& server : servers.of(colour)) {
            configuration.text += serverLine(server, false);
        }
        if (servers.standby == other(colour)) {
            for (const SideServer& server : servers.of(other(colour))) {
                configuration.text += serverLine(server, true);
            }
        }
    }
    configuration.version = fmt::format("{:016x}", std::hash<std::string>()(frame));
    return configuration;
}

} // namespace pilothouse::rollouts
