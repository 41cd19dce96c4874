// SPDX-License-Identifier: GPL-3.0-or-later
// audit list, show, activity, export, verify.
#include "app/cli/commands/AuditExport.h"
#include "app/cli/commands/AuditOutput.h"
#include "app/cli/commands/Command.h"
#include "app/cli/input/TimeText.h"
#include "app/cli/output/Terminal.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/AuditClient.h"

#include <absl/strings/escaping.h>
#include <absl/strings/numbers.h>
#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::cli {

namespace {

struct FilterFlags
{
    std::string start;
    std::string end;
    std::string actor;
    std::string action;
    std::string target;
    std::vector<std::string> outcomes;
    std::string text;
};

constexpr int kPage = 500;

void addFilterFlags(CLI::App& command, FilterFlags& flags)
{
    command.add_option("--start", flags.start, "from -24h, 2026-03-01, ... on (default: ever)")
        ->type_name("TIME");
    command.add_option("--end", flags.end, "before this (default: now)")->type_name("TIME");
    command.add_option("--actor", flags.actor, "who")->type_name("NAME");
    command.add_option("--action", flags.action, "what: access.sessions.create or 'access.*'")
        ->type_name("ACTION");
    command.add_option("--target", flags.target, "to what: operators/dana or 'operators/*'")
        ->type_name("TARGET");
    command
        .add_option("--outcome", flags.outcomes, "ok, denied, failed; more than one with commas")
        ->type_name("OUTCOME")
        ->delimiter(',')
        ->check(CLI::IsMember({"ok", "denied", "failed"}));
    command.add_option("--text", flags.text, "part of any of them, of reason or of message")
        ->type_name("TEXT");
}

absl::StatusOr<audit::Filter> filterOf(const FilterFlags& flags)
{
    const absl::Time now = absl::Now();
    audit::Filter filter;
    if (!flags.start.empty()) {
        PH_ASSIGN_OR_RETURN(filter.start, parseTime(flags.start, now));
    }
    if (!flags.end.empty()) {
        PH_ASSIGN_OR_RETURN(filter.end, parseTime(flags.end, now));
    }
    filter.actor = flags.actor;
    filter.action = flags.action;
    filter.target = flags.target;
    filter.text = flags.text;
    for (const std::string& outcome : flags.outcomes) {
        filter.outcomes.push_back(audit::parseOutcome(outcome).value_or(audit::Outcome::Ok));
    }
    PH_RETURN_IF_ERROR(audit::checkFilter(filter));
    return filter;
}

absl::Status list(Context& context, ServerSession& session, const FilterFlags& flags, int limit)
{
    PH_ASSIGN_OR_RETURN(const audit::Filter filter, filterOf(flags));
    std::vector<audit::ChainedEntry> entries;
    std::string page;
    do {
        const int wanted = std::min(kPage, limit - static_cast<int>(entries.size()));
        PH_ASSIGN_OR_RETURN(
            const client::AuditPage answer, await<client::AuditPage>([&](auto done) {
                return session.audit().listEntries(filter, wanted, page, std::move(done));
            }));
        entries.insert(entries.end(), answer.entries.begin(), answer.entries.end());
        page = answer.nextPage;
    } while (!page.empty() && static_cast<int>(entries.size()) < limit);
    if (context.printer.isJson()) {
        Json json = Json::array();
        for (const auto& entry : entries) {
            json.push_back(entryJson(entry));
        }
        context.printer.print(Json{{"entries", std::move(json)}, {"more", !page.empty()}});
        return absl::OkStatus();
    }
    printEntries(context.printer, entries);
    if (!page.empty()) {
        printNote(fmt::format("there are older ones; ask for more with --limit"));
    }
    return absl::OkStatus();
}

absl::Status verify(Context& context, ServerSession& session, const std::string& head)
{
    std::int64_t sequence = 0;
    std::string hash;
    if (!head.empty()) {
        const auto colon = head.find(':');
        const bool isGood = colon != std::string::npos &&
                            absl::SimpleAtoi(head.substr(0, colon), &sequence) &&
                            head.size() - colon == 65;
        hash = isGood ? absl::HexStringToBytes(head.substr(colon + 1)) : std::string();
        if (!isGood || hash.size() != 32) {
            return withHint(
                absl::InvalidArgumentError("--head is not of the form SEQUENCE:HASH"),
                "Copy it from the last line of an earlier 'audit verify'.");
        }
    }
    audit::ChainProgress last;
    absl::Time nextNote = absl::Now() + absl::Seconds(1);
    PH_RETURN_IF_ERROR(
        await<client::Nothing>([&](auto done) {
            return session.audit().verifyChain(
                sequence,
                hash,
                [&](const audit::ChainProgress& progress) {
                    last = progress;
                    if (isTerminal() && absl::Now() >= nextNote) {
                        nextNote = absl::Now() + absl::Seconds(1);
                        printNote(fmt::format(
                            "{} of {} entries", progress.checkedEntries, progress.totalEntries));
                    }
                },
                std::move(done));
        }).status());
    if (!last.verdict) {
        return absl::InternalError("the server gave no verdict");
    }
    printVerdict(context.printer, *last.verdict);
    return last.verdict->firstBreak
               ? withHint(
                     absl::DataLossError(
                         "the audit's chain is broken " + breakText(*last.verdict->firstBreak)),
                     "See docs/audit.md for what to do.")
               : absl::OkStatus();
}

void addList(CLI::App& audit, Context& context)
{
    const auto flags = std::make_shared<FilterFlags>();
    const auto limit = std::make_shared<int>(50);
    CLI::App* command = audit.add_subcommand("list", "What was done, newest first");
    addFilterFlags(*command, *flags);
    command->add_option("--limit", *limit, "at most this many (default 50)")
        ->type_name("N")
        ->check(CLI::Range(1, 100000));
    command->footer("\nExamples:\n"
                    "  pilothousectl audit list --actor dana --start -24h\n"
                    "  pilothousectl audit list --action 'access.*' --outcome denied,failed");
    runsWithSession(command, context, [&context, flags, limit](ServerSession& session) {
        return list(context, session, *flags, *limit);
    });
}

void addShow(CLI::App& audit, Context& context)
{
    const auto sequence = std::make_shared<std::int64_t>(0);
    CLI::App* command = audit.add_subcommand("show", "One entry with all its fields");
    command->add_option("ENTRY", *sequence, "its number, from 'audit list'")->required();
    runsWithSession(command, context, [&context, sequence](ServerSession& session) -> absl::Status {
        PH_ASSIGN_OR_RETURN(
            const audit::ChainedEntry entry, await<audit::ChainedEntry>([&](auto done) {
                return session.audit().getEntry(*sequence, std::move(done));
            }));
        printEntry(context.printer, entry);
        return absl::OkStatus();
    });
}

void addActivity(CLI::App& audit, Context& context)
{
    const auto flags = std::make_shared<FilterFlags>();
    CLI::App* command =
        audit.add_subcommand("activity", "Entries by hour, actor, action and outcome");
    command->add_option("--start", flags->start, "default -24h")->type_name("TIME");
    command->add_option("--end", flags->end, "default now")->type_name("TIME");
    command->add_option("--actor", flags->actor, "who")->type_name("NAME");
    command->add_option("--action", flags->action, "what: jobs.cancel or 'jobs.*'")
        ->type_name("ACTION");
    runsWithSession(command, context, [&context, flags](ServerSession& session) -> absl::Status {
        PH_ASSIGN_OR_RETURN(const audit::Filter filter, filterOf(*flags));
        PH_ASSIGN_OR_RETURN(const audit::Activity activity, await<audit::Activity>([&](auto done) {
                                return session.audit().getActivity(
                                    {filter.start, filter.end, filter.actor, filter.action},
                                    std::move(done));
                            }));
        printActivity(context.printer, activity);
        return absl::OkStatus();
    });
}

void addExport(CLI::App& audit, Context& context)
{
    const auto flags = std::make_shared<FilterFlags>();
    const auto format = std::make_shared<std::string>("csv");
    const auto file = std::make_shared<std::string>("-");
    CLI::App* command =
        audit.add_subcommand("export", "Every entry that matches, oldest first, into a file");
    addFilterFlags(*command, *flags);
    command->add_option("--format", *format, "csv or jsonl (default csv)")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"csv", "jsonl"}));
    command->add_option("--file", *file, "default: standard output")->type_name("FILE");
    command->footer(
        "\nExamples:\n"
        "  pilothousectl audit export --start 2026-03-01 --file march.csv\n"
        "  pilothousectl audit export --format jsonl | jq -c 'select(.actor==\"dana\")'");
    runsWithSession(
        command, context, [flags, format, file](ServerSession& session) -> absl::Status {
            PH_ASSIGN_OR_RETURN(const audit::Filter filter, filterOf(*flags));
            return exportEntries(
                session,
                filter,
                *format == "csv" ? audit::ExportFormat::Csv : audit::ExportFormat::JsonLines,
                *file);
        });
}

void addVerify(CLI::App& audit, Context& context)
{
    const auto head = std::make_shared<std::string>();
    CLI::App* command = audit.add_subcommand(
        "verify",
        "Recompute the hash chain; exit code 1 and the first broken place if it is broken");
    command
        ->add_option(
            "--head", *head, "from an earlier verification: finds a chain rewritten as a whole")
        ->type_name("SEQUENCE:HASH");
    runsWithSession(command, context, [&context, head](ServerSession& session) {
        return verify(context, session, *head);
    });
}

} // namespace

void addAuditCommands(CLI::App& app, Context& context)
{
    CLI::App* audit = app.add_subcommand("audit", "What was done, by whom, and with what result");
    audit->require_subcommand(1);
    addList(*audit, context);
    addShow(*audit, context);
    addActivity(*audit, context);
    addExport(*audit, context);
    addVerify(*audit, context);
}

} // namespace pilothouse::cli
