// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/Rollout.h"

#include <optional>
#include <string>

namespace pilothouse::rollouts {

/// What the two sides are called somewhere: backends, values of a label, Deployments.
struct SideNames
{
    std::string blue;
    std::string green;

    friend bool operator==(const SideNames&, const SideNames&) = default;

    const std::string& of(Colour colour) const { return colour == Colour::Blue ? blue : green; }
    std::string& of(Colour colour) { return colour == Colour::Blue ? blue : green; }
    /// Nothing: it is neither of the two.
    std::optional<Colour> colourOf(const std::string& name) const
    {
        return name == blue    ? std::optional(Colour::Blue)
               : name == green ? std::optional(Colour::Green)
                               : std::nullopt;
    }
};

} // namespace pilothouse::rollouts
