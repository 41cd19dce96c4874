// SPDX-License-Identifier: GPL-3.0-or-later
// sessions.
#include "app/cli/commands/PlannedAction.h"
#include "app/cli/input/TimeText.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/AccessAdminClient.h"
#include "shared/client/AccessClient.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

constexpr int kMostSessions = 100000;

Json jsonSession(const access::Session& session)
{
    return Json{
        {"id", session.id},
        {"client", session.client},
        {"address", session.address},
        {"createTime", jsonTime(session.createTime)},
        {"lastUsedTime", jsonTime(session.lastUsedTime)},
        {"expireTime", jsonTime(session.expireTime)},
        {"current", session.current}};
}

absl::Status listOwnSessions(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(
        const std::vector<access::Session> sessions,
        await<std::vector<access::Session>>(
            [&](auto done) { return session.access().listSessions(std::move(done)); }));
    if (context.printer.isJson()) {
        Json list = Json::array();
        for (const auto& one : sessions) {
            list.push_back(jsonSession(one));
        }
        context.printer.print(Json{{"sessions", std::move(list)}});
        return absl::OkStatus();
    }
    Table table(
        {{"ID"},
         {"CLIENT", Align::Left, true},
         {"FROM", Align::Left, true},
         {"SIGNED IN"},
         {"USED"},
         {"ENDS"},
         {""}});
    const absl::Time now = absl::Now();
    for (const auto& one : sessions) {
        table.add(
            {one.id,
             one.client,
             one.address,
             shortTime(one.createTime),
             sinceText(one.lastUsedTime, now),
             sinceText(one.expireTime, now),
             one.current ? "this one" : ""});
    }
    context.printer.print(table);
    return absl::OkStatus();
}

absl::Status listAllSessions(Context& context, ServerSession& session, const std::string& of)
{
    using Sessions = std::vector<access::OperatorSession>;
    PH_ASSIGN_OR_RETURN(const Sessions sessions, await<Sessions>([&](auto done) {
                            return session.accessAdmin().listAllSessions(
                                of, kMostSessions, std::move(done));
                        }));
    if (context.printer.isJson()) {
        Json list = Json::array();
        for (const auto& one : sessions) {
            Json json = jsonSession(one.session);
            json["operator"] = one.operatorName;
            json["kind"] = one.isToken ? "token" : "session";
            json["scopes"] = one.scopes;
            list.push_back(std::move(json));
        }
        context.printer.print(Json{{"sessions", std::move(list)}});
        return absl::OkStatus();
    }
    Table table(
        {{"ID"},
         {"OPERATOR"},
         {"KIND"},
         {"CLIENT", Align::Left, true},
         {"FROM", Align::Left, true},
         {"USED"},
         {"ENDS"},
         {""}});
    const absl::Time now = absl::Now();
    for (const auto& one : sessions) {
        table.add(
            {one.session.id,
             one.operatorName,
             one.isToken ? "token" : "session",
             one.session.client,
             one.session.address,
             sinceText(one.session.lastUsedTime, now),
             sinceText(one.session.expireTime, now),
             one.session.current ? "this one" : ""});
    }
    context.printer.print(table);
    return absl::OkStatus();
}

void addSessionList(CLI::App& sessions, Context& context)
{
    CLI::App* command = sessions.add_subcommand("list", "Your sessions, newest first");
    const auto all = std::make_shared<bool>(false);
    const auto of = std::make_shared<std::string>();
    command->add_flag("--all", *all, "sessions and tokens of all operators");
    command->add_option("--of", *of, "those of one operator")->type_name("NAME");
    runsWithSession(command, context, [&context, all, of](ServerSession& session) {
        return *all || !of->empty() ? listAllSessions(context, session, *of)
                                    : listOwnSessions(context, session);
    });
}

void addSessionRevoke(CLI::App& sessions, Context& context)
{
    CLI::App* command = sessions.add_subcommand("revoke", "End one of your sessions");
    const auto id = std::make_shared<std::string>();
    command->add_option("ID", *id, "from 'sessions list'")->required();
    runsWithSession(command, context, [&context, id](ServerSession& session) -> absl::Status {
        PH_RETURN_IF_ERROR(await<client::Nothing>([&](auto done) {
                               return session.access().revokeSession(*id, std::move(done));
                           }).status());
        context.printer.line(fmt::format("Session {} ended.", *id));
        return absl::OkStatus();
    });
}

void addSessionEnd(CLI::App& sessions, Context& context)
{
    CLI::App* command = sessions.add_subcommand("end", "End sessions of any operator");
    const auto choice = std::make_shared<access::SessionChoice>();
    const auto everyone = std::make_shared<bool>(false);
    command->add_option("ID", choice->sessionId, "from 'sessions list --all'");
    command->add_option("--of", choice->operatorName, "all of one operator")->type_name("NAME");
    command->add_flag("--everyone", *everyone, "all of all operators");
    command->add_flag("--tokens", choice->includeTokens, "personal tokens, too");
    const auto confirm = addConfirmFlags(command);
    runsWithSession(
        command,
        context,
        [&context, choice, everyone, confirm](ServerSession& session) -> absl::Status {
            const int chosen = (choice->sessionId.empty() ? 0 : 1) +
                               (choice->operatorName.empty() ? 0 : 1) + (*everyone ? 1 : 0);
            if (chosen != 1) {
                return withHint(
                    absl::InvalidArgumentError("it is not clear which sessions to end"),
                    "Give one of ID, --of NAME and --everyone.");
            }
            return runPlanned(
                context,
                session,
                *confirm,
                [&](const plans::Request& request, auto done) {
                    return session.accessAdmin().endSessions(*choice, request, std::move(done));
                },
                "Ended.");
        });
}

} // namespace

void addSessionCommands(CLI::App& app, Context& context)
{
    CLI::App* sessions = app.add_subcommand("sessions", "Who is signed in");
    sessions->require_subcommand(1);
    sessions->footer("\nExamples:\n"
                     "  pilothousectl sessions list --all\n"
                     "  pilothousectl sessions end --of lee --tokens --dry-run");
    addSessionList(*sessions, context);
    addSessionRevoke(*sessions, context);
    addSessionEnd(*sessions, context);
}

} // namespace pilothouse::cli
