// SPDX-License-Identifier: Apache-2.0
#include "server/services/BeatExchange.h"

#include "shared/base/StatusHelpers.h"

namespace pilothouse::services {

namespace {

/// Of other servers; longer than between two exchanges, so that a slow one misses nothing.
constexpr absl::Duration kSpan = absl::Seconds(10);
/// No heartbeat is worth anything after the longest time to live.
constexpr absl::Duration kEver = absl::Hours(24);

} // namespace

absl::Status BeatExchange::run(absl::Time deadline)
{
    const std::lock_guard lock(m_mutex);
    const std::vector<StoredBeat> own = m_registry.takeBeats();
    PH_ASSIGN_OR_RETURN(
        const auto others,
        m_database.transact(
            [&](postgres::Transaction& transaction) -> absl::StatusOr<std::vector<StoredBeat>> {
                if (!own.empty()) {
                    PH_RETURN_IF_ERROR(m_store.putBeats(transaction, m_serverId, own));
                }
                return m_isFirst ? m_store.beats(transaction, {}, kEver)
                                 : m_store.beats(transaction, m_serverId, kSpan);
            },
            deadline));
    m_isFirst = false;
    m_registry.merge(others);
    return absl::OkStatus();
}

} // namespace pilothouse::services
