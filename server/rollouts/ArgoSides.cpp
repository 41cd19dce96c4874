// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/ArgoSides.h"

#include "server/config/NameRules.h"

#include <nlohmann/json.hpp>

namespace pilothouse::rollouts {

namespace {

using nlohmann::json;

bool isHashOrNone(const std::string& text)
{
    return text.empty() || config::isPlainWord(text);
}

std::string textIn(const json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

} // namespace

std::string toText(const ArgoSides& sides)
{
    return json{
        {"active", colourName(sides.active)},
        {"blue", sides.hashes.blue},
        {"green", sides.hashes.green}}
        .dump();
}

std::optional<ArgoSides> argoSidesIn(const kubernetes::ArgoRollout& rollout)
{
    const auto found = rollout.annotations.find(kSidesAnnotation);
    if (found == rollout.annotations.end()) {
        return std::nullopt;
    }
    const json parsed = json::parse(found->second, nullptr, /*allow_exceptions=*/false);
    if (!parsed.is_object()) {
        return std::nullopt;
    }
    const auto active = colourOf(textIn(parsed, "active"));
    ArgoSides sides{
        active.value_or(Colour::Blue), {textIn(parsed, "blue"), textIn(parsed, "green")}};
    return active && isHashOrNone(sides.hashes.blue) && isHashOrNone(sides.hashes.green)
               ? std::optional(std::move(sides))
               : std::nullopt;
}

SeenSides seenSides(
    const std::optional<ArgoSides>& written,
    const std::string& activeHash,
    const std::string& currentHash)
{
    SeenSides seen;
    if (written) {
        seen.hashes = written->hashes;
    } else {
        seen.hashes.blue = activeHash;
    }
    if (activeHash.empty()) {
        return seen;
    }
    seen.active = seen.hashes.colourOf(activeHash);
    if (seen.active && !currentHash.empty() && currentHash != activeHash) {
        seen.hashes.of(other(*seen.active)) = currentHash;
    }
    return seen;
}

} // namespace pilothouse::rollouts
