// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/AuditOutput.h"

#include "app/cli/input/TimeText.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_join.h>
#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

std::string dayText(absl::CivilDay day)
{
    return absl::FormatCivilTime(day);
}

/// A document as JSON where it is some, else as the text that it is.
Json documentJson(const std::string& text)
{
    if (text.empty()) {
        return nullptr;
    }
    Json parsed = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    return parsed.is_discarded() ? Json(text) : parsed;
}

void addLine(Table& table, const char* title, const std::string& value)
{
    if (!value.empty()) {
        table.add({title, value});
    }
}

} // namespace

Json entryJson(const audit::ChainedEntry& entry)
{
    const audit::Entry& what = entry.entry;
    return {
        {"sequence", entry.sequence},
        {"recordTime", jsonTime(entry.recordTime)},
        {"actor", what.actor.name},
        {"roles", what.actor.roles},
        {"action", what.action},
        {"target", what.target},
        {"outcome", std::string(audit::outcomeText(what.outcome))},
        {"message", what.message},
        {"before", documentJson(what.before)},
        {"after", documentJson(what.after)},
        {"reason", what.reason},
        {"planDigest", what.planDigest},
        {"source", what.actor.source},
        {"requestId", what.actor.requestId},
        {"traceId", what.actor.traceId},
        {"day", dayText(entry.day)},
        {"hash", absl::BytesToHexString(entry.hash)}};
}

void printEntry(Printer& printer, const audit::ChainedEntry& entry)
{
    if (printer.isJson()) {
        printer.print(entryJson(entry));
        return;
    }
    const audit::Entry& what = entry.entry;
    Table table({{"ENTRY"}, {std::to_string(entry.sequence), Align::Left, true}});
    addLine(table, "Time", shortTime(entry.recordTime) + " UTC");
    addLine(table, "Actor", what.actor.name);
    addLine(table, "Roles", absl::StrJoin(what.actor.roles, ", "));
    addLine(table, "Action", what.action);
    addLine(table, "Target", what.target);
    addLine(table, "Outcome", std::string(audit::outcomeText(what.outcome)));
    addLine(table, "Message", what.message);
    addLine(table, "Reason", what.reason);
    addLine(table, "Before", what.before);
    addLine(table, "After", what.after);
    addLine(table, "Plan", what.planDigest);
    addLine(table, "Source", what.actor.source);
    addLine(table, "Request", what.actor.requestId);
    addLine(table, "Trace", what.actor.traceId);
    addLine(table, "Chain day", dayText(entry.day));
    addLine(table, "Hash", absl::BytesToHexString(entry.hash));
    printer.print(table);
}

void printEntries(Printer& printer, const std::vector<audit::ChainedEntry>& entries)
{
    Table table(
        {{"ENTRY", Align::Right},
         {"TIME"},
         {"ACTOR"},
         {"ACTION"},
         {"TARGET", Align::Left, true},
         {"OUTCOME"},
         {"SOURCE"},
         {"REASON", Align::Left, true}});
    for (const auto& entry : entries) {
        const audit::Entry& what = entry.entry;
        table.add(
            {std::to_string(entry.sequence),
             shortTime(entry.recordTime),
             what.actor.name,
             what.action,
             what.target,
             std::string(audit::outcomeText(what.outcome)),
             what.actor.source,
             what.reason.empty() ? what.message : what.reason});
    }
    printer.print(table);
}

void printActivity(Printer& printer, const audit::Activity& activity)
{
    if (printer.isJson()) {
        Json hours = Json::array();
        for (const auto& hour : activity.hours) {
            hours.push_back(
                {{"start", jsonTime(hour.start)},
                 {"actor", hour.actor},
                 {"action", hour.action},
                 {"outcome", std::string(audit::outcomeText(hour.outcome))},
                 {"entries", hour.entries}});
        }
        printer.print(Json{{"hours", std::move(hours)}, {"truncated", activity.isTruncated}});
        return;
    }
    Table table(
        {{"HOUR"},
         {"ACTOR"},
         {"ACTION", Align::Left, true},
         {"OUTCOME"},
         {"ENTRIES", Align::Right}});
    for (const auto& hour : activity.hours) {
        table.add(
            {shortTime(hour.start),
             hour.actor,
             hour.action,
             std::string(audit::outcomeText(hour.outcome)),
             std::to_string(hour.entries)});
    }
    printer.print(table);
    if (activity.isTruncated) {
        printNote("there are more hours than the server sends; ask for a shorter time");
    }
}

std::string breakText(const audit::ChainBreak& found)
{
    return fmt::format(
        "on {}{}: {}",
        dayText(found.day),
        found.sequence == 0 ? "" : fmt::format(" at entry {}", found.sequence),
        found.problem);
}

void printVerdict(Printer& printer, const audit::ChainStatus& verdict)
{
    const bool isIntact = verdict.state == audit::ChainState::Intact;
    if (printer.isJson()) {
        Json json{
            {"state", isIntact ? "intact" : "broken"},
            {"entries", verdict.entries},
            {"verifiedSequence", verdict.verifiedSequence},
            {"verifiedTime", jsonTime(verdict.verifiedTime)},
            {"headHash", absl::BytesToHexString(verdict.headHash)}};
        if (verdict.firstBreak) {
            json["firstBreak"] = {
                {"day", dayText(verdict.firstBreak->day)},
                {"sequence", verdict.firstBreak->sequence},
                {"problem", verdict.firstBreak->problem}};
        }
        printer.print(json);
        return;
    }
    if (verdict.firstBreak) {
        printer.line("BROKEN " + breakText(*verdict.firstBreak));
        return;
    }
    if (verdict.verifiedSequence == 0) {
        printer.line("The audit is empty.");
        return;
    }
    printer.line(fmt::format(
        "Intact: {} entries to {} UTC.", verdict.entries, shortTime(verdict.verifiedTime)));
    printer.line(fmt::format(
        "Head {}:{}", verdict.verifiedSequence, absl::BytesToHexString(verdict.headHash)));
}

} // namespace pilothouse::cli
