// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/kubernetes/Namespace.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>

// The subresource "scale" of a Deployment. Each call is one request; errors are those of
// KubernetesApi.
namespace pilothouse::kubernetes {

absl::StatusOr<Scale> scaleOf(const Namespace& cluster, const std::string& deployment);
/// Whatever it is now.
absl::Status setScale(const Namespace& cluster, const std::string& deployment, int replicas);
/// Only when nothing has happened to the Deployment since it was seen: else ABORTED. Of `seen` its
/// version and what was wanted count.
absl::Status changeScale(
    const Namespace& cluster, const std::string& deployment, const Scale& seen, int replicas);

} // namespace pilothouse::kubernetes
