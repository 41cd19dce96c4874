// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <string>

namespace pilothouse::rollouts {

/// By which right a side is switched: the realm is the control database, the number that of its
/// leader. A driver keeps that of the last switch beside what it switches, as "REALM:NUMBER".
struct SwitchRight
{
    std::string realm;
    std::int64_t fence = 0;

    friend bool operator==(const SwitchRight&, const SwitchRight&) = default;
};

std::string toText(const SwitchRight& right);
/// Nobody's (no realm, number 0) for what is none.
SwitchRight switchRightIn(const std::string& text);

/// ABORTED when a later leader of the same realm has switched last.
absl::Status checkNotOlder(const SwitchRight& right, const SwitchRight& last);

} // namespace pilothouse::rollouts
