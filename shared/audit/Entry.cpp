// SPDX-License-Identifier: Apache-2.0
#include "shared/audit/Entry.h"

#include "shared/base/Utf8.h"

namespace pilothouse::audit {

namespace {

// Bytes. A name is a line, a text is some, a document is what an operator's screen can compare.
constexpr std::size_t kLongestName = 256;
constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kLongestDocument = 64 << 10;
constexpr std::size_t kMostRoles = 64;
constexpr std::string_view kCut = "…";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string cleaned(std::string_view text, std::size_t limit)
{
    std::string result;
    while (!text.empty()) {
        // PostgreSQL takes no NUL.
        const std::size_t length = text.front() == '\0' ? 0 : characterAt(text).length;
        const std::string_view piece = length == 0 ? kReplacement : text.substr(0, length);
        if (result.size() + piece.size() > limit - kCut.size() &&
            result.size() + text.size() > limit) {
            return result.append(kCut);
        }
        result.append(piece);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return result;
}

void bound(std::string& text, std::size_t limit)
{
    text = cleaned(text, limit);
}

} // namespace

std::string_view outcomeText(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Ok:
        return "ok";
    case Outcome::Denied:
        return "denied";
    case Outcome::Failed:
        break;
    }
    return "failed";
}

std::optional<Outcome> parseOutcome(std::string_view text)
{
    for (const Outcome outcome : {Outcome::Ok, Outcome::Denied, Outcome::Failed}) {
        if (outcomeText(outcome) == text) {
            return outcome;
        }
    }
    return std::nullopt;
}

Entry bounded(Entry entry)
{
    for (std::string* name :
         {&entry.actor.name,
          &entry.actor.source,
          &entry.actor.requestId,
          &entry.actor.traceId,
          &entry.action,
          &entry.target,
          &entry.planDigest}) {
        bound(*name, kLongestName);
    }
    if (entry.actor.roles.size() > kMostRoles) {
        entry.actor.roles.resize(kMostRoles);
    }
    for (std::string& role : entry.actor.roles) {
        bound(role, kLongestName);
    }
    for (std::string* text : {&entry.reason, &entry.message}) {
        bound(*text, kLongestText);
    }
    for (std::string* document : {&entry.before, &entry.after}) {
        bound(*document, kLongestDocument);
    }
    return entry;
}

} // namespace pilothouse::audit
