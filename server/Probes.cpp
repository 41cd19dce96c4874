// SPDX-License-Identifier: Apache-2.0
#include "server/Probes.h"

#include <absl/time/time.h>
#include <fmt/format.h>

namespace pilothouse {

namespace {

constexpr const char* kJson = "application/json";
/// Without it nothing can be changed and nobody can sign in; the rest only degrades.
constexpr const char* kEssential = "control-database";

std::string quoted(const std::string& text)
{
    std::string json = "\"";
    for (const char character : text) {
        if (character == '"' || character == '\\') {
            json += '\\';
            json += character;
        } else if (static_cast<unsigned char>(character) < 0x20U) {
            json += fmt::format("\\u{:04x}", static_cast<int>(character));
        } else {
            json += character;
        }
    }
    return json + '"';
}

std::string time(absl::Time when)
{
    return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", when, absl::UTCTimeZone());
}

std::string toJson(const system::Health& health)
{
    std::string components;
    for (const auto& component : health.components) {
        components += fmt::format(
            R"({}{{"name":{},"status":"{}","response_time_ms":{:.3f},"last_check":"{}","since":"{}","message":{}}})",
            components.empty() ? "" : ",",
            quoted(component.name),
            system::healthStateName(component.state),
            absl::ToDoubleMilliseconds(component.responseTime),
            time(component.lastCheck),
            time(component.since),
            quoted(component.message));
    }
    return fmt::format(
        R"({{"status":"{}","time":"{}","components":[{}]}})",
        system::healthStateName(health.overall),
        time(health.time),
        components);
}

platform::HttpResponse readiness(const system::Health& health)
{
    for (const auto& component : health.components) {
        if (component.name == kEssential && component.state == system::HealthState::Unhealthy) {
            return {
                503,
                "text/plain; charset=utf-8",
                fmt::format("{}: {}\n", component.name, component.message)};
        }
    }
    return {200, "text/plain; charset=utf-8", "ready\n"};
}

} // namespace

void addProbes(
    platform::Router& router,
    const system::HealthRegistry& health,
    const platform::Instruments& instruments)
{
    router.add(
        "GET", "/healthz", [](const platform::HttpRequest&, const platform::HttpRespond& respond) {
            respond({200, "text/plain; charset=utf-8", "alive\n"});
        });
    router.add(
        "GET",
        "/readyz",
        [&health](const platform::HttpRequest&, const platform::HttpRespond& respond) {
            respond(readiness(health.health()));
        });
    router.add(
        "GET",
        "/health",
        [&health](const platform::HttpRequest&, const platform::HttpRespond& respond) {
            respond({200, kJson, toJson(health.health()) + "\n"});
        });
    router.add(
        "GET",
        "/metrics",
        [&instruments](const platform::HttpRequest& request, const platform::HttpRespond& respond) {
            auto page = instruments.page(request.accept);
            respond({200, std::move(page.contentType), std::move(page.body)});
        });
}

} // namespace pilothouse
