// SPDX-License-Identifier: Apache-2.0
#include "server/platform/http/HttpGuard.h"
#include "server/platform/http/HttpMessage.h"
#include "server/platform/http/Router.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

/// What a stranger writes into a request: target, form, Host and Origin.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pilothouse::platform;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto decoded = percentDecode(text, true);
    if (decoded && (decoded->size() > text.size() || decoded->find('\0') != std::string::npos)) {
        std::abort();
    }
    if (const auto form = parseForm(text)) {
        for (const auto& [name, value] : *form) {
            if (name.size() + value.size() > text.size()) {
                std::abort();
            }
        }
    }
    const HttpGuard guard({{"ph.example"}, {}});
    const auto refusal = guard.refuse("/metrics", {text, text, {}, {}});
    // A host that is let in is one of ours or an address, never a name of somebody else's.
    if (!refusal && hostOf(text).find_first_of("ghijklmnopqrstuvwxyz") != std::string::npos &&
        hostOf(text) != "localhost" && hostOf(text) != "ph.example" &&
        hostOf(text).find('%') == std::string::npos) {
        std::abort();
    }
    static const Router router = [] {
        Router routes;
        const HttpHandler handler = [](const HttpRequest&, const HttpRespond&) {};
        routes.add("GET", "/api/v1/label/{name}/values", handler);
        return routes;
    }();
    router.find("GET", text);
    return 0;
}
