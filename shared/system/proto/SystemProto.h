// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/system/Health.h"

#include <pilothouse/v1/system.pb.h>

// Wire messages and domain types of the system capability, both ways. What the peer leaves out or
// does not know keeps the domain type's default.
namespace pilothouse::system {

v1::GetServerInfoResponse toProto(const ServerInfo& info);
ServerInfo fromProto(const v1::GetServerInfoResponse& info);

v1::ComponentHealth toProto(const ComponentHealth& component);
ComponentHealth fromProto(const v1::ComponentHealth& component);

v1::Health toProto(const Health& health);
Health fromProto(const v1::Health& health);

v1::ListResourcesResponse toProto(const Resources& resources);
Resources fromProto(const v1::ListResourcesResponse& resources);

v1::HealthState toProto(HealthState state);
/// An unknown state is Unhealthy: better a false alarm than a false calm.
HealthState fromProto(v1::HealthState state);

v1::Environment toProto(Environment environment);
/// An unknown environment is Production: the most careful one.
Environment fromProto(v1::Environment environment);

} // namespace pilothouse::system
