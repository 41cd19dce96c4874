// SPDX-License-Identifier: Apache-2.0
#include "shared/base/Violations.h"

#include <absl/strings/cord.h>
#include <absl/strings/str_split.h>

namespace pilothouse {

namespace {

constexpr const char* kViolationsType = "pilothouse/violations";
/// Ends a field of a violation; it is taken out of the texts.
constexpr char kFieldEnd = '\x1f';

} // namespace

absl::Status withViolations(absl::Status status, const std::vector<Violation>& violations)
{
    std::string text;
    for (const Violation& violation : violations) {
        for (std::string field : {violation.type, violation.subject, violation.description}) {
            std::erase(field, kFieldEnd);
            text += field;
            text.push_back(kFieldEnd);
        }
    }
    status.SetPayload(kViolationsType, absl::Cord(text));
    return status;
}

std::vector<Violation> violationsOf(const absl::Status& status)
{
    const auto payload = status.GetPayload(kViolationsType);
    const std::string text = payload ? std::string(*payload) : std::string();
    std::vector<std::string> fields = absl::StrSplit(text, kFieldEnd);
    fields.pop_back(); // what stands after the last end
    std::vector<Violation> violations;
    for (std::size_t field = 0; field + 2 < fields.size(); field += 3) {
        violations.push_back({fields[field], fields[field + 1], fields[field + 2]});
    }
    return violations;
}

} // namespace pilothouse
