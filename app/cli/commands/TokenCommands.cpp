// SPDX-License-Identifier: GPL-3.0-or-later
// tokens.
#include "app/cli/commands/Command.h"
#include "app/cli/input/TimeText.h"
#include "shared/access/Permissions.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/AccessClient.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

using access::Token;

Json jsonToken(const Token& token)
{
    return Json{
        {"id", token.id},
        {"name", token.name},
        {"scopes", token.scopes},
        {"createTime", jsonTime(token.createTime)},
        {"lastUsedTime", jsonTime(token.lastUsedTime)},
        {"expireTime", jsonTime(token.expireTime)}};
}

absl::Status listTokens(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(const std::vector<Token> tokens, await<std::vector<Token>>([&](auto done) {
                            return session.access().listTokens(std::move(done));
                        }));
    if (context.printer.isJson()) {
        Json list = Json::array();
        for (const Token& token : tokens) {
            list.push_back(jsonToken(token));
        }
        context.printer.print(Json{{"tokens", std::move(list)}});
        return absl::OkStatus();
    }
    Table table(
        {{"ID"},
         {"NAME", Align::Left, true},
         {"SCOPES", Align::Left, true},
         {"CREATED"},
         {"USED"},
         {"ENDS"}});
    const absl::Time now = absl::Now();
    for (const Token& token : tokens) {
        table.add(
            {token.id,
             token.name,
             fmt::format("{}", fmt::join(token.scopes, ", ")),
             shortTime(token.createTime),
             sinceText(token.lastUsedTime, now),
             sinceText(token.expireTime, now)});
    }
    context.printer.print(table);
    return absl::OkStatus();
}

struct CreateFlags
{
    Token token;
    std::string lifetime = "30d";
};

absl::Status createToken(Context& context, ServerSession& session, const CreateFlags& flags)
{
    Token wanted = flags.token;
    PH_ASSIGN_OR_RETURN(const absl::Duration lifetime, parseDuration(flags.lifetime));
    wanted.expireTime = absl::Now() + lifetime;
    PH_ASSIGN_OR_RETURN(const access::NewToken made, await<access::NewToken>([&](auto done) {
                            return session.access().createToken(wanted, std::move(done));
                        }));
    if (context.printer.isJson()) {
        Json json = jsonToken(made.token);
        json["secret"] = made.secret;
        context.printer.print(json);
        return absl::OkStatus();
    }
    // Alone on standard output, so that it can go into a file.
    context.printer.line(made.secret);
    printNote(fmt::format(
        "token {} ends {}; it is shown only now", made.token.id, shortTime(made.token.expireTime)));
    if (!access::anyGrants(wanted.scopes, "system.view")) {
        printNote("without system.view it serves programs of your own, not pilothousectl");
    }
    return absl::OkStatus();
}

} // namespace

void addTokenCommands(CLI::App& app, Context& context)
{
    CLI::App* tokens = app.add_subcommand("tokens", "Your personal tokens, for scripts");
    tokens->require_subcommand(1);
    tokens->footer(
        "\nExamples:\n"
        "  pilothousectl tokens create report --scope system.view --scope metrics.view > token\n"
        "  pilothousectl --token-file token metrics query up");
    runsWithSession(
        tokens->add_subcommand("list", "Your tokens, newest first"),
        context,
        [&context](ServerSession& session) { return listTokens(context, session); });
    CLI::App* createCommand =
        tokens->add_subcommand("create", "Make one; its secret is printed once");
    const auto flags = std::make_shared<CreateFlags>();
    createCommand->add_option("NAME", flags->token.name, "what it is for")->required();
    createCommand
        ->add_option(
            "--scope", flags->token.scopes, "'metrics.view', 'metrics.*', '*.view'; repeatable")
        ->type_name("PATTERN")
        ->required();
    createCommand->add_option("--expires", flags->lifetime, "after this time (default 30d)")
        ->type_name("DURATION");
    runsWithSession(createCommand, context, [&context, flags](ServerSession& session) {
        return createToken(context, session, *flags);
    });
    CLI::App* revoke = tokens->add_subcommand("revoke", "End one, on every server at once");
    const auto id = std::make_shared<std::string>();
    revoke->add_option("ID", *id, "from 'tokens list'")->required();
    runsWithSession(revoke, context, [&context, id](ServerSession& session) -> absl::Status {
        PH_RETURN_IF_ERROR(await<client::Nothing>([&](auto done) {
                               return session.access().revokeToken(*id, std::move(done));
                           }).status());
        context.printer.line(fmt::format("Token {} revoked.", *id));
        return absl::OkStatus();
    });
}

} // namespace pilothouse::cli
