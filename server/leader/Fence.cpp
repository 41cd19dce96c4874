// SPDX-License-Identifier: Apache-2.0
#include "server/leader/Fence.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::leader {

namespace {

constexpr postgres::Statement kCheck{
    "leader.check",
    "SELECT fence FROM pilothouse.leader WHERE fence = $1 AND expires_at > clock_timestamp() "
    "FOR SHARE"};

} // namespace

absl::Status Fence::check(postgres::Transaction& transaction) const
{
    PH_ASSIGN_OR_RETURN(const std::int64_t rows, transaction.execute(kCheck, {number}));
    return rows == 1 ? absl::OkStatus()
                     : absl::AbortedError(
                           fmt::format("this server does not lead any more (fence {})", number));
}

} // namespace pilothouse::leader
