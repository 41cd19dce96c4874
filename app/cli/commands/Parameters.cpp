// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/Parameters.h"

#include "app/cli/input/Prompt.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::cli {

absl::StatusOr<jobs::Parameters> parametersOf(const std::vector<std::string>& words)
{
    jobs::Parameters parameters;
    for (const std::string& word : words) {
        const auto equals = word.find('=');
        if (equals == std::string::npos || equals == 0) {
            return withHint(
                absl::InvalidArgumentError(fmt::format("'{}' is not a parameter", word)),
                "Write name=value.");
        }
        std::string value = word.substr(equals + 1);
        if (value.starts_with('@')) {
            PH_ASSIGN_OR_RETURN(value, readSmallFile(value.substr(1)));
        }
        parameters.insert_or_assign(word.substr(0, equals), std::move(value));
    }
    return parameters;
}

} // namespace pilothouse::cli
