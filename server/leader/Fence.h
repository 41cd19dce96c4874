// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Transaction.h"

#include <absl/status/status.h>

#include <cstdint>

namespace pilothouse::leader {

/// The right to do what only one server may do, while it lasts.
struct Fence
{
    std::int64_t number = 0;

    /// First in every transaction of a singleton: ABORTED when another server leads by now or the
    /// lease has run out. Once it is OK nobody else can become leader before the transaction ends,
    /// so a leader that was stopped for an hour cannot write over its successor.
    absl::Status check(postgres::Transaction& transaction) const;

    bool operator==(const Fence&) const = default;
};

} // namespace pilothouse::leader
