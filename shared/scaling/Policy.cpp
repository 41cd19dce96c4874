// SPDX-License-Identifier: Apache-2.0
#include "shared/scaling/Policy.h"

#include "shared/scaling/Text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace pilothouse::scaling {

namespace {

constexpr std::array<std::pair<Mode, std::string_view>, 2> kModes{
    {{Mode::Recommend, "recommend"}, {Mode::Act, "act"}}};
constexpr std::array<std::pair<Measures, std::string_view>, 3> kMeasures{
    {{Measures::Average, "average"}, {Measures::Each, "each"}, {Measures::Total, "total"}}};
constexpr std::array<std::pair<Select, std::string_view>, 3> kSelects{
    {{Select::Max, "max"}, {Select::Min, "min"}, {Select::Disabled, "disabled"}}};

template <typename Words, typename Value>
std::string_view wordIn(const Words& words, Value value)
{
    for (const auto& [known, word] : words) {
        if (known == value) {
            return word;
        }
    }
    return {};
}

template <typename Value, std::size_t Size>
std::optional<Value> valueIn(
    const std::array<std::pair<Value, std::string_view>, Size>& words, std::string_view text)
{
    for (const auto& [value, word] : words) {
        if (word == text) {
            return value;
        }
    }
    return std::nullopt;
}

/// Of instances or percent.
constexpr int kMostValue = 10'000;

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    while (!text.empty() && text.back() == ' ') {
        text.remove_suffix(1);
    }
    return text;
}

std::optional<int> wholeNumber(std::string_view text)
{
    int value = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value);
    return error == std::errc() && end == last ? std::optional(value) : std::nullopt;
}

} // namespace

Behaviour defaultUp()
{
    return {
        absl::ZeroDuration(),
        {{RatePolicy::Kind::Percent, 100, absl::Seconds(15)},
         {RatePolicy::Kind::Instances, 4, absl::Seconds(15)}},
        Select::Max};
}

Behaviour defaultDown()
{
    return {
        kDefaultDownStabilisation,
        {{RatePolicy::Kind::Percent, 100, absl::Seconds(15)}},
        Select::Max};
}

std::string_view modeName(Mode mode)
{
    return wordIn(kModes, mode);
}

std::optional<Mode> modeOf(std::string_view name)
{
    return valueIn(kModes, name);
}

std::string_view measuresName(Measures measures)
{
    return wordIn(kMeasures, measures);
}

std::optional<Measures> measuresOf(std::string_view name)
{
    return valueIn(kMeasures, name);
}

std::string_view selectName(Select select)
{
    return wordIn(kSelects, select);
}

std::optional<Select> selectOf(std::string_view name)
{
    return valueIn(kSelects, name);
}

std::string toText(const RatePolicy& rate)
{
    return fmt::format(
        "{}{} / {}",
        rate.value,
        rate.kind == RatePolicy::Kind::Percent ? "%" : "",
        durationText(rate.period));
}

absl::StatusOr<RatePolicy> parseRatePolicy(std::string_view text)
{
    const auto wrong = [] {
        return absl::InvalidArgumentError(fmt::format(
            "a rate such as \"100% / 15s\" or \"4 / 1m\", a whole number from 1 to {} in at most "
            "30m",
            kMostValue));
    };
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        return wrong();
    }
    std::string_view amount = trimmed(text.substr(0, slash));
    const std::string_view period = trimmed(text.substr(slash + 1));
    RatePolicy rate;
    rate.kind = RatePolicy::Kind::Instances;
    if (amount.ends_with('%')) {
        rate.kind = RatePolicy::Kind::Percent;
        amount = trimmed(amount.substr(0, amount.size() - 1));
    }
    const auto value = wholeNumber(amount);
    if (!value || *value < 1 || *value > kMostValue ||
        !absl::ParseDuration(std::string(period), &rate.period) || rate.period < absl::Seconds(1) ||
        rate.period > kLongestPeriod) {
        return wrong();
    }
    rate.value = *value;
    return rate;
}

} // namespace pilothouse::scaling
