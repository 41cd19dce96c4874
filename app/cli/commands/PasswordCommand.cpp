// SPDX-License-Identifier: GPL-3.0-or-later
// password, sessions.
#include "app/cli/commands/Command.h"
#include "app/cli/input/Prompt.h"
#include "app/cli/input/TimeText.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

struct PasswordFlags
{
    std::string currentFile;
    std::string newFile;
};

absl::StatusOr<std::string> newPassword(const PasswordFlags& flags)
{
    if (!flags.newFile.empty()) {
        return readSecretFile(flags.newFile);
    }
    PH_ASSIGN_OR_RETURN(const std::string first, askSecret("New password: "));
    PH_ASSIGN_OR_RETURN(const std::string second, askSecret("New password again: "));
    if (first != second) {
        return withHint(absl::InvalidArgumentError("the two passwords differ"), "Try again.");
    }
    return first;
}

absl::Status changePassword(Context& context, ServerSession& session, const PasswordFlags& flags)
{
    const bool needsTerminal = flags.currentFile.empty() || flags.newFile.empty();
    if (needsTerminal && !canAsk()) {
        return withHint(
            absl::InvalidArgumentError("there is no terminal to ask for passwords on"),
            "Give --current-file and --new-file.");
    }
    PH_ASSIGN_OR_RETURN(
        const std::string current,
        flags.currentFile.empty() ? askSecret("Current password: ")
                                  : readSecretFile(flags.currentFile));
    PH_ASSIGN_OR_RETURN(const std::string next, newPassword(flags));
    PH_RETURN_IF_ERROR(await<client::Nothing>([&](auto done) {
                           return session.access().changePassword(current, next, std::move(done));
                       }).status());
    context.printer.line("Password changed; your other sessions have ended.");
    return absl::OkStatus();
}

absl::Status listSessions(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(
        const std::vector<access::Session> sessions,
        await<std::vector<access::Session>>(
            [&](auto done) { return session.access().listSessions(std::move(done)); }));
    if (context.printer.isJson()) {
        Json list = Json::array();
        for (const auto& one : sessions) {
            list.push_back(
                {{"id", one.id},
                 {"client", one.client},
                 {"address", one.address},
                 {"createTime", jsonTime(one.createTime)},
                 {"lastUsedTime", jsonTime(one.lastUsedTime)},
                 {"expireTime", jsonTime(one.expireTime)},
                 {"current", one.current}});
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

} // namespace

void addAccessCommands(CLI::App& app, Context& context)
{
    CLI::App* password = app.add_subcommand("password", "Change your password");
    const auto flags = std::make_shared<PasswordFlags>();
    password->add_option("--current-file", flags->currentFile, "file with the current password")
        ->type_name("FILE");
    password->add_option("--new-file", flags->newFile, "file with the new password")
        ->type_name("FILE");
    runsWithSession(password, context, [&context, flags](ServerSession& session) {
        return changePassword(context, session, *flags);
    });

    CLI::App* sessions = app.add_subcommand("sessions", "Your sessions");
    sessions->require_subcommand(1);
    runsWithSession(
        sessions->add_subcommand("list", "Your sessions, newest first"),
        context,
        [&context](ServerSession& session) { return listSessions(context, session); });
    CLI::App* revoke = sessions->add_subcommand("revoke", "End one of your sessions");
    const auto id = std::make_shared<std::string>();
    revoke->add_option("ID", *id, "from 'sessions list'")->required();
    runsWithSession(revoke, context, [&context, id](ServerSession& session) -> absl::Status {
        PH_RETURN_IF_ERROR(await<client::Nothing>([&](auto done) {
                               return session.access().revokeSession(*id, std::move(done));
                           }).status());
        context.printer.line(fmt::format("Session {} ended.", *id));
        return absl::OkStatus();
    });
}

} // namespace pilothouse::cli
