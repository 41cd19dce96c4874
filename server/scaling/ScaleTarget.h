// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/scaling/Decision.h"

#include <absl/status/statusor.h>

#include <string>

namespace pilothouse::scaling {

/// What a policy counts and scales. Every call blocks for a few seconds at most; used by one
/// thread.
class ScaleTarget
{
public:
    virtual ~ScaleTarget() = default;

    struct Seen
    {
        Count count;
        /// Of what was seen, where it has one; something else is not scaled.
        std::string version = {};
        /// What stands in the way of scaling it, for people; "" when nothing does.
        std::string obstacle = {};
    };
    virtual absl::StatusOr<Seen> look() = 0;

    /// Absolute, and only when nothing has happened to it since it was seen: else ABORTED. So a
    /// server that does not lead any more can do nothing here after its successor has.
    virtual absl::Status scale(const Seen& seen, int instances) = 0;
};

} // namespace pilothouse::scaling
