// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/jobs/JobKinds.h"
#include "server/jobs/ScheduleStore.h"
#include "server/platform/postgres/Database.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>
#include <vector>

namespace pilothouse::jobs {

/// The use cases of schedules. Thread-safe; blocks on the database.
class Schedules
{
public:
    Schedules(
        postgres::Database& database,
        const JobKinds& kinds,
        const audit::AuditLog& audit,
        const Clock& clock)
        : m_database(database), m_kinds(kinds), m_audit(audit), m_clock(clock)
    {}

    /// The schedule as it would be stored, with its next time. INVALID_ARGUMENT says what is wrong.
    absl::StatusOr<Schedule> validate(Schedule schedule) const;
    absl::StatusOr<Schedule> create(
        Schedule schedule, const audit::Actor& actor, absl::Time deadline);
    /// Takes over the named fields, all when there are none. ABORTED when the etag is not empty and
    /// not the current one.
    absl::StatusOr<Schedule> update(
        const Schedule& wanted,
        const std::vector<std::string>& fields,
        bool validateOnly,
        const audit::Actor& actor,
        absl::Time deadline);
    absl::Status remove(
        const std::string& name,
        const std::string& etag,
        const audit::Actor& actor,
        absl::Time deadline);

    absl::StatusOr<Schedule> get(const std::string& name, absl::Time deadline) const;
    absl::StatusOr<std::vector<Schedule>> list(
        const std::string& after, int limit, absl::Time deadline) const;
    absl::StatusOr<std::vector<ScheduleRun>> runs(
        const std::string& name, absl::Time before, int limit, absl::Time deadline) const;
    absl::StatusOr<SchedulePreview> preview(
        const std::string& cron, const std::string& timeZone, int count) const;

    /// Makes a schedule of the server's own unless one with the name is there, or was before and
    /// somebody deleted it.
    absl::Status provide(const Schedule& schedule, absl::Time deadline);

private:
    absl::StatusOr<StoredSchedule> locked(
        postgres::Transaction& transaction, const std::string& name, const std::string& etag) const;
    Schedule withNext(Schedule schedule) const;

    postgres::Database& m_database;
    const JobKinds& m_kinds;
    const audit::AuditLog& m_audit;
    const Clock& m_clock;
    const ScheduleStore m_store{};
};

} // namespace pilothouse::jobs
