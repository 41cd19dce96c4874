// SPDX-License-Identifier: Apache-2.0
#include "shared/audit/Filter.h"

#include "shared/base/StatusHelpers.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pilothouse::audit {

namespace {

constexpr std::size_t kLongestCondition = 256;
constexpr std::size_t kLongestSearch = 200;

bool fits(std::string_view condition, std::string_view value)
{
    if (condition.empty()) {
        return true;
    }
    const Pattern pattern = patternOf(condition);
    return pattern.isPrefix ? value.starts_with(pattern.text) : value == pattern.text;
}

bool containsIgnoringCase(std::string_view text, std::string_view part)
{
    const auto lower = [](char letter) {
        return absl::ascii_tolower(static_cast<unsigned char>(letter));
    };
    const auto isSame = [&](char one, char other) { return lower(one) == lower(other); };
    return std::search(text.begin(), text.end(), part.begin(), part.end(), isSame) != text.end();
}

absl::Status checkPattern(const char* field, std::string_view text)
{
    if (text.size() > kLongestCondition) {
        return absl::InvalidArgumentError(
            fmt::format("{} is longer than {} bytes", field, kLongestCondition));
    }
    const auto star = text.find('*');
    if (star != std::string_view::npos && star + 1 != text.size()) {
        return withHint(
            absl::InvalidArgumentError(fmt::format("{} has a star before its end", field)),
            "Give all of it, or its beginning with one star at the end.");
    }
    return absl::OkStatus();
}

} // namespace

absl::Status checkFilter(const Filter& filter)
{
    if (filter.start >= filter.end) {
        return absl::InvalidArgumentError("the time range ends before it begins");
    }
    if (filter.actor.size() > kLongestCondition) {
        return absl::InvalidArgumentError(
            fmt::format("actor is longer than {} bytes", kLongestCondition));
    }
    PH_RETURN_IF_ERROR(checkPattern("action", filter.action));
    PH_RETURN_IF_ERROR(checkPattern("target", filter.target));
    if (filter.text.size() > kLongestSearch) {
        return absl::InvalidArgumentError(
            fmt::format("the text to look for is longer than {} bytes", kLongestSearch));
    }
    return absl::OkStatus();
}

Pattern patternOf(std::string_view text)
{
    if (text.ends_with('*')) {
        return {std::string(text.substr(0, text.size() - 1)), true};
    }
    return {std::string(text), false};
}

bool matches(const Filter& filter, const ChainedEntry& entry)
{
    const Entry& what = entry.entry;
    if (entry.recordTime < filter.start || entry.recordTime >= filter.end ||
        (!filter.actor.empty() && filter.actor != what.actor.name) ||
        !fits(filter.action, what.action) || !fits(filter.target, what.target)) {
        return false;
    }
    if (!filter.outcomes.empty() &&
        std::ranges::find(filter.outcomes, what.outcome) == filter.outcomes.end()) {
        return false;
    }
    const std::array<const std::string*, 6> searched = {
        &what.actor.name,
        &what.action,
        &what.target,
        &what.reason,
        &what.message,
        &what.actor.requestId};
    return filter.text.empty() || std::ranges::any_of(searched, [&](const std::string* field) {
               return containsIgnoringCase(*field, filter.text);
           });
}

} // namespace pilothouse::audit
