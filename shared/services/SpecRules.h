// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/services/Instance.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>

namespace pilothouse::services {

/// The registration with every default filled in, or INVALID_ARGUMENT: which field, and what was
/// expected.
absl::StatusOr<InstanceSpec> completeSpec(InstanceSpec wish);

/// INVALID_ARGUMENT when no service or instance can be called so.
absl::Status checkServiceName(const std::string& service);
absl::Status checkKey(const InstanceKey& key);

/// Numbers that a program cannot mean (negative, not finite) are INVALID_ARGUMENT.
absl::Status checkLoad(const Load& load);

/// How often a program should send heartbeats so that one that is lost does no harm; zero: it need
/// not.
absl::Duration heartbeatInterval(const InstanceSpec& spec);

} // namespace pilothouse::services
