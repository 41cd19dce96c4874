// SPDX-License-Identifier: Apache-2.0
#include "shared/audit/Entry.h"

namespace pilothouse::audit {

namespace {

// Bytes. A name is a line, a text is some, a document is what an operator's screen can compare.
constexpr std::size_t kLongestName = 256;
constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kLongestDocument = 64 << 10;
constexpr std::size_t kMostRoles = 64;
constexpr std::string_view kCut = "…";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Length of the valid UTF-8 sequence that begins here; 0 when none does.
std::size_t sequenceLength(std::string_view text)
{
    const auto at = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const unsigned char first = at(0);
    std::size_t length = 0;
    if (first < 0x80U) {
        return first == 0 ? 0 : 1;
    }
    if (first >= 0xC2U && first <= 0xDFU) {
        length = 2;
    } else if (first >= 0xE0U && first <= 0xEFU) {
        length = 3;
    } else if (first >= 0xF0U && first <= 0xF4U) {
        length = 4;
    }
    if (length == 0 || text.size() < length) {
        return 0;
    }
    for (std::size_t index = 1; index < length; ++index) {
        if ((at(index) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    // Overlong forms, surrogates, and what lies beyond Unicode.
    const bool isBad = (first == 0xE0U && at(1) < 0xA0U) || (first == 0xEDU && at(1) > 0x9FU) ||
                       (first == 0xF0U && at(1) < 0x90U) || (first == 0xF4U && at(1) > 0x8FU);
    return isBad ? 0 : length;
}

std::string cleaned(std::string_view text, std::size_t limit)
{
    std::string result;
    while (!text.empty()) {
        const std::size_t length = sequenceLength(text);
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
