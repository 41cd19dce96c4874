// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/services/Instance.h"

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>

namespace pilothouse::services {

/// A registration as the database has it.
struct StoredInstance
{
    InstanceSpec spec;
    bool isDraining = false;
    /// Hash of the secret that the program was given.
    std::string registration;
    /// Of the registry when this was written: of two readings of an instance the greater is newer.
    std::int64_t revision = 0;
    std::string registeredBy;
    absl::Time registerTime = absl::InfinitePast();
};

/// A heartbeat as the servers tell each other.
struct StoredBeat
{
    InstanceKey key;
    /// Of the registration that it belongs to.
    std::int64_t revision = 0;
    /// How long ago it came, which needs no common clock.
    absl::Duration age;
    std::string problem;
    Load load;
};

} // namespace pilothouse::services
