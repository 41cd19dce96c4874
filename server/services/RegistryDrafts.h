// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/plans/Draft.h"
#include "server/services/StoredInstance.h"
#include "shared/services/Instance.h"

#include <string>

namespace pilothouse::services {

/// The registry's revision, as Revisions.h knows it.
inline constexpr const char* kRevision = "services";

/// As it stands in the audit.
std::string jsonOf(const StoredInstance& instance);

/// What an operator's action on an instance would do; `others` is how many healthy instances take
/// calls besides it.
plans::Draft draftOfRemoval(const StoredInstance& instance, InstanceState state, int others);
plans::Draft draftOfDraining(
    const StoredInstance& instance, InstanceState state, int others, bool isDraining);

} // namespace pilothouse::services
