// SPDX-License-Identifier: Apache-2.0
#include "server/audit/EntryFinder.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::audit {

namespace {

using postgres::Database;
using postgres::Transaction;

/// Entries that one step looks at: some 20 ms of PostgreSQL's time.
constexpr std::int64_t kStep = 20000;
/// An index knows the entries of one target, so a step may reach over more of them.
constexpr std::int64_t kTargetStep = 5000000;
/// Then whoever asked sees what there is so far.
constexpr absl::Duration kPatience = absl::Seconds(1);
constexpr int kMostHours = 20000;

} // namespace

absl::StatusOr<EntryFinder::Page> EntryFinder::page(
    const Filter& filter, std::int64_t before, int size, absl::Time deadline) const
{
    const absl::Duration started = m_clock.monotonic();
    const bool isByTarget = !filter.target.empty() && !patternOf(filter.target).isPrefix;
    PH_ASSIGN_OR_RETURN(
        const Range range,
        m_database.transact(
            [&](Transaction& transaction) { return m_store.rangeOf(transaction, filter); },
            deadline,
            Database::Mode::ReadOnly));
    Page page;
    std::int64_t last = std::min(range.last, before - 1);
    while (last >= range.first) {
        const Range step = {
            std::max(range.first, last - (isByTarget ? kTargetStep : kStep) + 1), last};
        const int wanted = size - static_cast<int>(page.entries.size());
        PH_ASSIGN_OR_RETURN(
            auto found,
            m_database.transact(
                [&](Transaction& transaction) {
                    return m_store.newest(transaction, filter, step, wanted);
                },
                deadline,
                Database::Mode::ReadOnly));
        const bool isFull = static_cast<int>(found.size()) == wanted;
        std::ranges::move(found, std::back_inserter(page.entries));
        last = isFull ? page.entries.back().sequence - 1 : step.first - 1;
        if (isFull || m_clock.monotonic() - started > kPatience) {
            break;
        }
    }
    page.searchedTo = std::max<std::int64_t>(last + 1, 1);
    page.isLast = last < range.first;
    return page;
}

absl::StatusOr<ChainedEntry> EntryFinder::find(std::int64_t sequence, absl::Time deadline) const
{
    std::int64_t head = 0;
    PH_ASSIGN_OR_RETURN(
        auto found,
        m_database.transact(
            [&](Transaction& transaction) -> absl::StatusOr<std::optional<ChainedEntry>> {
                PH_ASSIGN_OR_RETURN(head, m_store.head(transaction));
                return m_store.find(transaction, sequence);
            },
            deadline,
            Database::Mode::ReadOnly));
    if (found) {
        return *std::move(found);
    }
    return sequence > head || sequence < 1
               ? absl::NotFoundError(
                     fmt::format("there is no audit entry {}; the newest is {}", sequence, head))
               : withHint(
                     absl::NotFoundError(fmt::format(
                         "audit entry {} is there no more: its day was dropped when its retention "
                         "was over",
                         sequence)),
                     "Look into an export or a backup from before.");
}

absl::StatusOr<Activity> EntryFinder::activity(
    const EntryStore::Hours& hours, absl::Time deadline) const
{
    Activity activity;
    PH_ASSIGN_OR_RETURN(
        activity.hours,
        m_database.transact(
            [&](Transaction& transaction) {
                return m_store.activity(transaction, hours, kMostHours + 1);
            },
            deadline,
            Database::Mode::ReadOnly));
    activity.isTruncated = activity.hours.size() > static_cast<std::size_t>(kMostHours);
    activity.hours.resize(std::min(activity.hours.size(), static_cast<std::size_t>(kMostHours)));
    std::ranges::stable_sort(activity.hours, {}, &ActivityHour::start);
    return activity;
}

} // namespace pilothouse::audit
