// SPDX-License-Identifier: Apache-2.0
#include "shared/jobs/CronField.h"

#include "shared/base/StatusHelpers.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <fmt/format.h>

#include <vector>

namespace pilothouse::jobs {

namespace {

absl::Status refuse(const CronField::Rules& rules, std::string_view text, std::string_view why)
{
    return absl::InvalidArgumentError(fmt::format("cron: {} '{}' {}", rules.name, text, why));
}

absl::StatusOr<int> valueOf(std::string_view text, const CronField::Rules& rules)
{
    const std::string lower = absl::AsciiStrToLower(std::string(text));
    for (std::size_t index = 0; index < rules.names.size(); ++index) {
        if (lower == rules.names[index]) {
            return rules.lowest + static_cast<int>(index);
        }
    }
    int value = 0;
    const bool isNumber = !text.empty() && absl::ascii_isdigit(static_cast<unsigned char>(text[0]));
    if (!isNumber || !absl::SimpleAtoi(std::string(text), &value) || value < rules.lowest ||
        value > rules.highest) {
        return refuse(
            rules, text, fmt::format("is not between {} and {}", rules.lowest, rules.highest));
    }
    return value;
}

} // namespace

absl::StatusOr<CronField> CronField::parse(std::string_view text, const Rules& rules)
{
    CronField field;
    field.m_text = text;
    field.m_isStar = text.starts_with('*');
    const std::vector<std::string> parts = absl::StrSplit(field.m_text, ',');
    for (const std::string& part : parts) {
        PH_RETURN_IF_ERROR(field.add(part, rules));
    }
    return field;
}

absl::Status CronField::add(std::string_view part, const Rules& rules)
{
    int step = 1;
    std::string_view range = part;
    const auto slash = part.find('/');
    if (slash != std::string_view::npos) {
        range = part.substr(0, slash);
        if (!absl::SimpleAtoi(std::string(part.substr(slash + 1)), &step) || step < 1) {
            return refuse(rules, part, "has a step that is not a positive number");
        }
    }
    int first = rules.lowest;
    int last = rules.highest;
    if (range != "*") {
        const auto dash = range.find('-');
        PH_ASSIGN_OR_RETURN(first, valueOf(range.substr(0, dash), rules));
        last = slash == std::string_view::npos ? first : rules.highest; // "5/10": from 5 on
        if (dash != std::string_view::npos) {
            PH_ASSIGN_OR_RETURN(last, valueOf(range.substr(dash + 1), rules));
        }
        if (last < first) {
            return refuse(rules, part, "runs backwards");
        }
    }
    for (int value = first; value <= last; value += step) {
        m_values.set(static_cast<std::size_t>(value));
    }
    return absl::OkStatus();
}

} // namespace pilothouse::jobs
