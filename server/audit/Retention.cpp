// SPDX-License-Identifier: Apache-2.0
#include "server/audit/Retention.h"

#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace pilothouse::audit {

namespace {

using postgres::Transaction;

constexpr absl::Duration kLimit = absl::Seconds(30);

} // namespace

absl::StatusOr<int> Retention::run(absl::Time now) const
{
    const absl::CivilDay oldest = absl::ToCivilDay(now - m_keep, absl::UTCTimeZone());
    PH_ASSIGN_OR_RETURN(
        const auto days,
        m_database.transact(
            [&](Transaction& transaction) { return m_store.days(transaction, absl::CivilDay()); },
            absl::Now() + kLimit,
            postgres::Database::Mode::ReadOnly));
    int dropped = 0;
    for (const ChainDay& day : days) {
        if (day.day < oldest && !day.seal.empty() && !day.isDropped) {
            PH_RETURN_IF_ERROR(
                withContext(drop(day), fmt::format("the audit of {}", dayText(day.day))));
            ++dropped;
        }
    }
    const absl::Time firstHour = absl::FromCivil(oldest, absl::UTCTimeZone());
    PH_RETURN_IF_ERROR(m_database
                           .transact(
                               [&](Transaction& transaction) {
                                   return m_store.dropHoursBefore(transaction, firstHour);
                               },
                               absl::Now() + kLimit)
                           .status());
    return dropped;
}

absl::Status Retention::drop(const ChainDay& day) const
{
    Entry entry;
    entry.actor = serverActor();
    entry.action = "audit.days.drop";
    entry.target = "days/" + dayText(day.day);
    entry.before = fmt::format(
        R"({{"firstSequence":{},"lastSequence":{}}})", day.firstSequence, day.lastSequence);
    entry.reason =
        fmt::format("older than audit.retention ({} days)", absl::ToInt64Hours(m_keep) / 24);
    absl::Status status = m_database.transact(
        [&](Transaction& transaction) -> absl::Status {
            // Another server may have been faster: looked at again under the chain's lock.
            PH_RETURN_IF_ERROR(m_store.lock(transaction));
            PH_ASSIGN_OR_RETURN(const auto now, m_store.days(transaction, day.day));
            if (now.empty() || now.front().day != day.day || now.front().isDropped) {
                return absl::OkStatus();
            }
            PH_RETURN_IF_ERROR(m_store.dropDay(transaction, day.day));
            return m_log.record(transaction, entry);
        },
        absl::Now() + kLimit);
    if (status.ok()) {
        spdlog::info("audit: dropped the entries of {}, kept its seal", dayText(day.day));
    }
    return status;
}

} // namespace pilothouse::audit
