// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/services/Balancing.h"
#include "shared/services/Instance.h"

#include <pilothouse/v1/services.pb.h>

#include <optional>

// Wire messages and domain types of services and instances, both ways.
namespace pilothouse::services {

v1::InstanceSpec toProto(const InstanceSpec& spec);
InstanceSpec fromProto(const v1::InstanceSpec& spec);

v1::InstanceLoad toProto(const Load& load);
Load fromProto(const v1::InstanceLoad& load);

v1::Instance toProto(const Instance& instance);
Instance fromProto(const v1::Instance& instance);

v1::ServiceSummary toProto(const ServiceSummary& summary);
ServiceSummary fromProto(const v1::ServiceSummary& summary);

v1::BalancingStrategy toProto(Strategy strategy);
/// Nothing for "unspecified" and for what a newer peer knows.
std::optional<Strategy> fromProto(v1::BalancingStrategy strategy);

} // namespace pilothouse::services
