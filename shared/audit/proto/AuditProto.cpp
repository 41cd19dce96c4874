// SPDX-License-Identifier: Apache-2.0
#include "shared/audit/proto/AuditProto.h"

#include "shared/base/proto/TimeProto.h"

namespace pilothouse::audit {

using pilothouse::fromProto;

namespace {

std::string dayText(absl::CivilDay day)
{
    return absl::FormatCivilTime(day);
}

absl::CivilDay dayOf(const std::string& text)
{
    absl::CivilDay day;
    absl::ParseCivilTime(text, &day); // what is no day stays the first one
    return day;
}

v1::ChainState toProto(ChainState state)
{
    switch (state) {
    case ChainState::Verifying:
        return v1::CHAIN_STATE_VERIFYING;
    case ChainState::Intact:
        return v1::CHAIN_STATE_INTACT;
    case ChainState::Broken:
        break;
    }
    return v1::CHAIN_STATE_BROKEN;
}

ChainState fromProto(v1::ChainState state)
{
    switch (state) {
    case v1::CHAIN_STATE_INTACT:
        return ChainState::Intact;
    case v1::CHAIN_STATE_BROKEN:
        return ChainState::Broken;
    default:
        return ChainState::Verifying;
    }
}

} // namespace

v1::AuditOutcome toProto(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Ok:
        return v1::AUDIT_OUTCOME_OK;
    case Outcome::Denied:
        return v1::AUDIT_OUTCOME_DENIED;
    case Outcome::Failed:
        break;
    }
    return v1::AUDIT_OUTCOME_FAILED;
}

Outcome fromProto(v1::AuditOutcome outcome)
{
    switch (outcome) {
    case v1::AUDIT_OUTCOME_OK:
        return Outcome::Ok;
    case v1::AUDIT_OUTCOME_DENIED:
        return Outcome::Denied;
    default:
        return Outcome::Failed;
    }
}

v1::AuditEntry toProto(const ChainedEntry& entry)
{
    const Entry& what = entry.entry;
    v1::AuditEntry result;
    result.set_sequence(entry.sequence);
    setTime(result, &v1::AuditEntry::mutable_record_time, entry.recordTime);
    result.set_actor(what.actor.name);
    for (const std::string& role : what.actor.roles) {
        result.add_roles(role);
    }
    result.set_action(what.action);
    result.set_target(what.target);
    result.set_before(what.before);
    result.set_after(what.after);
    result.set_plan_digest(what.planDigest);
    result.set_reason(what.reason);
    result.set_source(what.actor.source);
    result.set_request_id(what.actor.requestId);
    result.set_trace_id(what.actor.traceId);
    result.set_outcome(toProto(what.outcome));
    result.set_message(what.message);
    result.set_day(dayText(entry.day));
    result.set_hash(entry.hash);
    return result;
}

ChainedEntry fromProto(const v1::AuditEntry& entry)
{
    ChainedEntry result;
    result.sequence = entry.sequence();
    result.day = dayOf(entry.day());
    result.recordTime = fromProto(entry.record_time());
    result.hash = entry.hash();
    Entry& what = result.entry;
    what.actor.name = entry.actor();
    what.actor.roles.assign(entry.roles().begin(), entry.roles().end());
    what.actor.source = entry.source();
    what.actor.requestId = entry.request_id();
    what.actor.traceId = entry.trace_id();
    what.action = entry.action();
    what.target = entry.target();
    what.before = entry.before();
    what.after = entry.after();
    what.planDigest = entry.plan_digest();
    what.reason = entry.reason();
    what.outcome = fromProto(entry.outcome());
    what.message = entry.message();
    return result;
}

v1::AuditFilter toProto(const Filter& filter)
{
    v1::AuditFilter result;
    setTime(result, &v1::AuditFilter::mutable_start, filter.start);
    setTime(result, &v1::AuditFilter::mutable_end, filter.end);
    result.set_actor(filter.actor);
    result.set_action(filter.action);
    result.set_target(filter.target);
    for (const Outcome outcome : filter.outcomes) {
        result.add_outcomes(toProto(outcome));
    }
    result.set_text(filter.text);
    return result;
}

Filter fromProto(const v1::AuditFilter& filter)
{
    Filter result;
    if (filter.has_start()) {
        result.start = fromProto(filter.start());
    }
    if (filter.has_end()) {
        result.end = fromProto(filter.end());
    }
    result.actor = filter.actor();
    result.action = filter.action();
    result.target = filter.target();
    for (const int outcome : filter.outcomes()) {
        result.outcomes.push_back(fromProto(static_cast<v1::AuditOutcome>(outcome)));
    }
    result.text = filter.text();
    return result;
}

v1::ChainStatus toProto(const ChainStatus& status)
{
    v1::ChainStatus result;
    result.set_state(toProto(status.state));
    result.set_verified_sequence(status.verifiedSequence);
    setTime(result, &v1::ChainStatus::mutable_verified_time, status.verifiedTime);
    setTime(result, &v1::ChainStatus::mutable_check_time, status.checkTime);
    result.set_entries(status.entries);
    if (status.firstBreak) {
        result.set_broken_day(dayText(status.firstBreak->day));
        result.set_broken_sequence(status.firstBreak->sequence);
        result.set_problem(status.firstBreak->problem);
    }
    result.set_head_hash(status.headHash);
    return result;
}

ChainStatus fromProto(const v1::ChainStatus& status)
{
    ChainStatus result;
    result.state = fromProto(status.state());
    result.verifiedSequence = status.verified_sequence();
    if (status.has_verified_time()) {
        result.verifiedTime = fromProto(status.verified_time());
    }
    if (status.has_check_time()) {
        result.checkTime = fromProto(status.check_time());
    }
    result.entries = status.entries();
    if (result.state == ChainState::Broken) {
        result.firstBreak = {
            dayOf(status.broken_day()), status.broken_sequence(), status.problem()};
    }
    result.headHash = status.head_hash();
    return result;
}

v1::VerifyChainResponse toProto(const ChainProgress& progress)
{
    v1::VerifyChainResponse result;
    result.set_checked_entries(progress.checkedEntries);
    result.set_total_entries(progress.totalEntries);
    result.set_day(progress.day);
    if (progress.verdict) {
        *result.mutable_verdict() = toProto(*progress.verdict);
    }
    return result;
}

ChainProgress fromProto(const v1::VerifyChainResponse& progress)
{
    ChainProgress result;
    result.checkedEntries = progress.checked_entries();
    result.totalEntries = progress.total_entries();
    result.day = progress.day();
    if (progress.has_verdict()) {
        result.verdict = fromProto(progress.verdict());
    }
    return result;
}

v1::GetActivityResponse toProto(const Activity& activity)
{
    v1::GetActivityResponse result;
    for (const ActivityHour& hour : activity.hours) {
        v1::ActivityHour& row = *result.add_hours();
        setTime(row, &v1::ActivityHour::mutable_start_time, hour.start);
        row.set_actor(hour.actor);
        row.set_action(hour.action);
        row.set_outcome(toProto(hour.outcome));
        row.set_entries(hour.entries);
    }
    result.set_truncated(activity.isTruncated);
    return result;
}

Activity fromProto(const v1::GetActivityResponse& activity)
{
    Activity result;
    for (const v1::ActivityHour& row : activity.hours()) {
        result.hours.push_back(
            {fromProto(row.start_time()),
             row.actor(),
             row.action(),
             fromProto(row.outcome()),
             row.entries()});
    }
    result.isTruncated = activity.truncated();
    return result;
}

v1::ExportFormat toProto(ExportFormat format)
{
    return format == ExportFormat::Csv ? v1::EXPORT_FORMAT_CSV : v1::EXPORT_FORMAT_JSON_LINES;
}

} // namespace pilothouse::audit
