// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/jobs/Job.h"

#include <absl/status/statusor.h>

#include <string>
#include <vector>

namespace pilothouse::jobs {

enum class ParameterType {
    Text,
    Integer,
    Number,
    Boolean,
    /// "90s", "1h30m", "2d"
    Duration,
    /// "name=value" or a value a line
    List,
};

struct Parameter
{
    std::string name;
    ParameterType type = ParameterType::Text;
    bool isRequired = false;
    std::string defaultValue;
    /// One sentence.
    std::string description;

    bool operator==(const Parameter&) const = default;
};

/// A kind of job, as its capability describes it.
struct Kind
{
    /// "<capability>.<verb>": "metrics.baseline"
    std::string name;
    std::string title;
    std::string description;
    std::vector<Parameter> parameters;
    /// Needed to start one by hand, besides jobs.operate; empty: nothing more.
    std::string permission;
    /// False: only the server starts these.
    bool isCreatable = true;
    /// Tasks of this kind at once over all servers; 0 = no limit.
    int concurrency = 0;
    /// What a cancelled job leaves behind.
    std::string cancelConsequence;

    bool operator==(const Kind&) const = default;
};

/// The parameters with the defaults filled in. INVALID_ARGUMENT for one that the kind does not
/// know, that is missing, or whose value is of another type.
absl::StatusOr<Parameters> checkParameters(const Kind& kind, const Parameters& given);

/// "90s", "1h30m", "2d12h"; INVALID_ARGUMENT for anything else.
absl::StatusOr<absl::Duration> parseDuration(std::string_view text);
/// The lines of a list, trimmed, without empty ones.
std::vector<std::string> listOf(std::string_view text);

} // namespace pilothouse::jobs
