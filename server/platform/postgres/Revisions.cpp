// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/Revisions.h"

#include <fmt/format.h>

namespace pilothouse::postgres {

namespace {

constexpr Statement kBump{
    "postgres.bump_revision",
    "UPDATE pilothouse.revisions SET value = value + 1 WHERE name = $1 RETURNING value"};
constexpr Statement kLockRevision{
    "postgres.lock_revision", "SELECT value FROM pilothouse.revisions WHERE name = $1 FOR UPDATE"};
constexpr Statement kRead{
    "postgres.read_revisions", "SELECT name, value FROM pilothouse.revisions"};

} // namespace

absl::StatusOr<std::int64_t> bumpRevision(Transaction& transaction, const char* name)
{
    PH_ASSIGN_OR_RETURN(const auto value, transaction.queryOne(kBump, {name}, [](const Row& row) {
        return row.integer("value");
    }));
    if (!value) {
        return absl::InternalError(fmt::format("there is no revision '{}'", name));
    }
    return *value;
}

absl::Status lockRevision(Transaction& transaction, const char* name)
{
    return transaction.execute(kLockRevision, {name}).status();
}

void RevisionPoll::add(std::string name, OnChange onChange)
{
    m_watches.push_back({std::move(name), std::move(onChange), 0});
}

absl::Status RevisionPoll::poll(absl::Time deadline)
{
    // One poll at a time: a slow one makes the next one wait, not run twice.
    const std::lock_guard lock(m_mutex);
    PH_ASSIGN_OR_RETURN(
        const auto rows,
        m_database.query(
            kRead,
            {},
            [](const Row& row) { return std::pair(row.text("name"), row.integer("value")); },
            deadline));
    const std::map<std::string, std::int64_t> values(rows.begin(), rows.end());
    absl::Status result;
    for (Watch& watch : m_watches) {
        const auto found = values.find(watch.name);
        if (found == values.end() || found->second == watch.seen) {
            continue;
        }
        if (absl::Status status = watch.onChange(found->second); status.ok()) {
            watch.seen = found->second;
        } else {
            result.Update(status);
        }
    }
    return result;
}

} // namespace pilothouse::postgres
