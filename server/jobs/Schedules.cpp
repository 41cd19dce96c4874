// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/Schedules.h"

#include "server/jobs/JobKinds.h"
#include "shared/base/StatusHelpers.h"
#include "shared/jobs/Cron.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace pilothouse::jobs {

namespace {

constexpr const char* kNamePattern = "[a-z0-9][a-z0-9._-]{0,62}";
constexpr absl::Duration kLongestJitter = absl::Hours(24);
constexpr std::size_t kLongestDescription = 500;
constexpr int kLargestPriority = 100;
constexpr int kDefaultPreview = 10;
constexpr int kLongestPreview = 100;

constexpr postgres::Statement kProvide{
    "jobs.schedule.provide",
    "INSERT INTO pilothouse.settings (key, value) VALUES ($1, 'made') ON CONFLICT DO NOTHING"};

std::string json(const Schedule& schedule)
{
    return nlohmann::json{
        {"kind", schedule.kind},
        {"parameters", schedule.parameters},
        {"cron", schedule.cron},
        {"timeZone", schedule.timeZone},
        {"missedRuns", missedRunPolicyName(schedule.missedRunPolicy)},
        {"jitterSeconds", absl::ToDoubleSeconds(schedule.jitter)},
        {"paused", schedule.isPaused},
        {"priority", schedule.priority},
        {"description", schedule.description}}
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

audit::Entry entryOf(const audit::Actor& actor, const char* verb, const std::string& name)
{
    audit::Entry entry;
    entry.actor = actor;
    entry.action = fmt::format("jobs.schedules.{}", verb);
    entry.target = fmt::format("schedules/{}", name);
    return entry;
}

absl::Status notFound(const std::string& name)
{
    return withHint(
        absl::NotFoundError(fmt::format("there is no schedule '{}'", name)),
        "List them with 'pilothousectl jobs schedules list'.");
}

/// A field that may be named in update_mask, and how it is taken over.
struct Field
{
    std::string_view name;
    void (*take)(Schedule& to, const Schedule& from);
    /// Times that have passed mean nothing for the new value.
    bool isRestart;
};

constexpr std::array kFields = {
    Field{"kind", [](Schedule& to, const Schedule& from) { to.kind = from.kind; }, false},
    Field{
        "parameters",
        [](Schedule& to, const Schedule& from) { to.parameters = from.parameters; },
        false},
    Field{"cron", [](Schedule& to, const Schedule& from) { to.cron = from.cron; }, true},
    Field{
        "time_zone", [](Schedule& to, const Schedule& from) { to.timeZone = from.timeZone; }, true},
    Field{
        "missed_run_policy",
        [](Schedule& to, const Schedule& from) { to.missedRunPolicy = from.missedRunPolicy; },
        false},
    Field{"jitter", [](Schedule& to, const Schedule& from) { to.jitter = from.jitter; }, false},
    Field{"paused", [](Schedule& to, const Schedule& from) { to.isPaused = from.isPaused; }, true},
    Field{
        "priority", [](Schedule& to, const Schedule& from) { to.priority = from.priority; }, false},
    Field{
        "description",
        [](Schedule& to, const Schedule& from) { to.description = from.description; },
        false},
};

absl::Status takeFields(
    Schedule& to, const Schedule& from, const std::vector<std::string>& names, bool& isRestart)
{
    for (const std::string& name : names) {
        if (std::ranges::none_of(kFields, [&](const Field& field) { return field.name == name; })) {
            return absl::InvalidArgumentError(
                fmt::format("update_mask: '{}' is not a field that can be changed", name));
        }
    }
    for (const Field& field : kFields) {
        if (names.empty() || std::ranges::find(names, field.name) != names.end()) {
            const Schedule before = to;
            field.take(to, from);
            isRestart = isRestart || (field.isRestart && !(before == to));
        }
    }
    return absl::OkStatus();
}

} // namespace

absl::StatusOr<Schedule> Schedules::validate(Schedule schedule) const
{
    if (!RE2::FullMatch(schedule.name, kNamePattern)) {
        return withHint(
            absl::InvalidArgumentError(
                fmt::format("'{}' cannot name a schedule", schedule.name.substr(0, 64))),
            "Use lower-case letters, digits and . _ -, beginning with a letter or digit.");
    }
    if (schedule.jitter < absl::ZeroDuration() || schedule.jitter > kLongestJitter) {
        return absl::InvalidArgumentError("jitter is not between 0 and 24 hours");
    }
    if (std::abs(schedule.priority) > kLargestPriority) {
        return absl::InvalidArgumentError("priority is not between -100 and 100");
    }
    if (schedule.description.size() > kLongestDescription) {
        return absl::InvalidArgumentError(
            fmt::format("description is longer than {} bytes", kLongestDescription));
    }
    PH_ASSIGN_OR_RETURN(const auto cron, Cron::parse(schedule.cron, schedule.timeZone));
    PH_ASSIGN_OR_RETURN(const auto prepared, m_kinds.prepare(schedule.kind, schedule.parameters));
    schedule.parameters = prepared.parameters;
    return withNext(std::move(schedule));
}

Schedule Schedules::withNext(Schedule schedule) const
{
    const auto cron = Cron::parse(schedule.cron, schedule.timeZone);
    schedule.nextRunTime =
        schedule.isPaused || !cron.ok() ? absl::InfiniteFuture() : cron->next(m_clock.now());
    return schedule;
}

absl::StatusOr<Schedule> Schedules::create(
    Schedule schedule, const audit::Actor& actor, absl::Time deadline)
{
    PH_ASSIGN_OR_RETURN(schedule, validate(std::move(schedule)));
    schedule.createdBy = actor.name;
    const absl::Status status = m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(m_store.add(transaction, schedule));
            audit::Entry entry = entryOf(actor, "create", schedule.name);
            entry.after = json(schedule);
            return m_audit.record(transaction, entry);
        },
        deadline);
    if (absl::IsAlreadyExists(status)) {
        return withHint(
            absl::AlreadyExistsError(fmt::format("there is a schedule '{}'", schedule.name)),
            "Choose another name, or change that one.");
    }
    PH_RETURN_IF_ERROR(status);
    return get(schedule.name, deadline);
}

absl::StatusOr<StoredSchedule> Schedules::locked(
    postgres::Transaction& transaction, const std::string& name, const std::string& etag) const
{
    PH_ASSIGN_OR_RETURN(auto stored, m_store.lock(transaction, name));
    if (!stored) {
        return notFound(name);
    }
    if (!etag.empty() && etag != stored->schedule.etag) {
        return withHint(
            withReason(
                absl::AbortedError(fmt::format("schedule '{}' was changed meanwhile", name)),
                "ETAG"),
            "Look at it again, then repeat the change.");
    }
    return *std::move(stored);
}

absl::StatusOr<Schedule> Schedules::update(
    const Schedule& wanted,
    const std::vector<std::string>& fields,
    bool validateOnly,
    const audit::Actor& actor,
    absl::Time deadline)
{
    Schedule result;
    const absl::Status status = m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            PH_ASSIGN_OR_RETURN(
                const StoredSchedule stored, locked(transaction, wanted.name, wanted.etag));
            Schedule next = stored.schedule;
            bool isRestart = false;
            PH_RETURN_IF_ERROR(takeFields(next, wanted, fields, isRestart));
            PH_ASSIGN_OR_RETURN(result, validate(std::move(next)));
            if (validateOnly) {
                return absl::OkStatus();
            }
            PH_RETURN_IF_ERROR(m_store.update(transaction, result, isRestart));
            audit::Entry entry = entryOf(actor, "update", wanted.name);
            entry.before = json(stored.schedule);
            entry.after = json(result);
            return m_audit.record(transaction, entry);
        },
        deadline);
    PH_RETURN_IF_ERROR(status);
    if (validateOnly) {
        return result;
    }
    return get(wanted.name, deadline);
}

absl::Status Schedules::remove(
    const std::string& name,
    const std::string& etag,
    const audit::Actor& actor,
    absl::Time deadline)
{
    return m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            PH_ASSIGN_OR_RETURN(const StoredSchedule stored, locked(transaction, name, etag));
            PH_RETURN_IF_ERROR(m_store.remove(transaction, name).status());
            audit::Entry entry = entryOf(actor, "delete", name);
            entry.before = json(stored.schedule);
            return m_audit.record(transaction, entry);
        },
        deadline);
}

absl::StatusOr<Schedule> Schedules::get(const std::string& name, absl::Time deadline) const
{
    PH_ASSIGN_OR_RETURN(
        auto stored,
        m_database.transact(
            [&](postgres::Transaction& transaction) { return m_store.find(transaction, name); },
            deadline,
            postgres::Database::Mode::ReadOnly));
    if (!stored) {
        return notFound(name);
    }
    return withNext(std::move(stored->schedule));
}

absl::StatusOr<std::vector<Schedule>> Schedules::list(
    const std::string& after, int limit, absl::Time deadline) const
{
    PH_ASSIGN_OR_RETURN(
        auto stored,
        m_database.transact(
            [&](postgres::Transaction& transaction) {
                return m_store.list(transaction, after, limit);
            },
            deadline,
            postgres::Database::Mode::ReadOnly));
    std::vector<Schedule> schedules;
    schedules.reserve(stored.size());
    for (StoredSchedule& one : stored) {
        schedules.push_back(withNext(std::move(one.schedule)));
    }
    return schedules;
}

absl::StatusOr<std::vector<ScheduleRun>> Schedules::runs(
    const std::string& name, absl::Time before, int limit, absl::Time deadline) const
{
    return m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::StatusOr<std::vector<ScheduleRun>> {
            PH_ASSIGN_OR_RETURN(const auto stored, m_store.find(transaction, name));
            if (!stored) {
                return notFound(name);
            }
            return m_store.runs(transaction, name, before, limit);
        },
        deadline,
        postgres::Database::Mode::ReadOnly);
}

absl::StatusOr<SchedulePreview> Schedules::preview(
    const std::string& cron, const std::string& timeZone, int count) const
{
    if (count < 0) {
        return absl::InvalidArgumentError("count is negative");
    }
    PH_ASSIGN_OR_RETURN(const Cron parsed, Cron::parse(cron, timeZone));
    return parsed.preview(
        m_clock.now(), count == 0 ? kDefaultPreview : std::min(count, kLongestPreview));
}

absl::Status Schedules::provide(const Schedule& schedule, absl::Time deadline)
{
    PH_ASSIGN_OR_RETURN(Schedule checked, validate(schedule));
    checked.createdBy = "server";
    return m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            PH_ASSIGN_OR_RETURN(
                const std::int64_t isNew,
                transaction.execute(kProvide, {fmt::format("schedule.{}", checked.name)}));
            PH_ASSIGN_OR_RETURN(const auto stored, m_store.find(transaction, checked.name));
            if (isNew == 0 || stored) {
                return absl::OkStatus();
            }
            return m_store.add(transaction, checked);
        },
        deadline);
}

} // namespace pilothouse::jobs
