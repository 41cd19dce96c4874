// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/services/Registrations.h"
#include "server/services/Registry.h"
#include "server/services/RegistryFeed.h"

#include <absl/status/status.h>
#include <pilothouse/v1/services.pb.h>

// What a call of the registry means, whether it came over gRPC or over HTTP.
namespace pilothouse::services {

/// Blocks on the database.
absl::Status answerRegister(
    Registrations& registrations,
    const RegistryFeed& feed,
    const v1::RegisterInstanceRequest& request,
    const audit::Actor& actor,
    absl::Time deadline,
    v1::RegisterInstanceResponse& response);

absl::Status answerHeartbeat(
    Registry& registry, const v1::HeartbeatRequest& request, v1::HeartbeatResponse& response);

absl::Status answerResolve(
    Registry& registry,
    Strategy usual,
    const v1::ResolveRequest& request,
    v1::ResolveResponse& response);

absl::Status answerReport(Registry& registry, const v1::ReportOutcomesRequest& request);

} // namespace pilothouse::services
