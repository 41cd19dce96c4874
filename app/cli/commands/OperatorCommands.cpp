// SPDX-License-Identifier: GPL-3.0-or-later
// operators.
#include "app/cli/commands/PlannedAction.h"
#include "app/cli/input/Prompt.h"
#include "app/cli/input/TimeText.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/AccessAdminClient.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

using access::Account;

constexpr int kMostOperators = 100000;

std::string stateOf(const Account& account)
{
    if (account.isDisabled) {
        return "disabled";
    }
    return account.lockedUntil > absl::Now() ? "locked" : "enabled";
}

Json jsonAccount(const Account& account)
{
    return Json{
        {"name", account.who.name},
        {"displayName", account.who.displayName},
        {"roles", account.who.roles},
        {"state", stateOf(account)},
        {"sessions", account.sessions},
        {"tokens", account.tokens},
        {"createTime", jsonTime(account.createTime)},
        {"passwordChangeTime", jsonTime(account.passwordChangeTime)},
        {"lastSeenTime", jsonTime(account.lastSeenTime)},
        {"disableTime", jsonTime(account.disableTime)},
        {"lockedUntil", jsonTime(account.lockedUntil)},
        {"etag", account.etag}};
}

absl::StatusOr<Account> getOperator(ServerSession& session, const std::string& name)
{
    return await<Account>(
        [&](auto done) { return session.accessAdmin().getOperator(name, std::move(done)); });
}

absl::Status listOperators(Context& context, ServerSession& session, const std::string& search)
{
    PH_ASSIGN_OR_RETURN(
        const std::vector<Account> accounts, await<std::vector<Account>>([&](auto done) {
            return session.accessAdmin().listOperators(search, kMostOperators, std::move(done));
        }));
    if (context.printer.isJson()) {
        Json list = Json::array();
        for (const Account& account : accounts) {
            list.push_back(jsonAccount(account));
        }
        context.printer.print(Json{{"operators", std::move(list)}});
        return absl::OkStatus();
    }
    Table table(
        {{"NAME"},
         {"DISPLAY NAME", Align::Left, true},
         {"ROLES", Align::Left, true},
         {"STATE"},
         {"SESSIONS", Align::Right},
         {"TOKENS", Align::Right},
         {"SEEN"}});
    const absl::Time now = absl::Now();
    for (const Account& account : accounts) {
        table.add(
            {account.who.name,
             account.who.displayName,
             fmt::format("{}", fmt::join(account.who.roles, ", ")),
             stateOf(account),
             std::to_string(account.sessions),
             std::to_string(account.tokens),
             sinceText(account.lastSeenTime, now)});
    }
    context.printer.print(table);
    return absl::OkStatus();
}

absl::Status showOperator(Context& context, ServerSession& session, const std::string& name)
{
    PH_ASSIGN_OR_RETURN(const Account account, getOperator(session, name));
    if (context.printer.isJson()) {
        context.printer.print(jsonAccount(account));
        return absl::OkStatus();
    }
    Table table({{"OPERATOR"}, {account.who.name, Align::Left, true}});
    table.add({"display name", account.who.displayName});
    table.add({"roles", fmt::format("{}", fmt::join(account.who.roles, ", "))});
    table.add({"state", stateOf(account)});
    table.add({"sessions", std::to_string(account.sessions)});
    table.add({"tokens", std::to_string(account.tokens)});
    table.add({"created", shortTime(account.createTime)});
    table.add({"password changed", shortTime(account.passwordChangeTime)});
    table.add({"last seen", sinceText(account.lastSeenTime, absl::Now())});
    context.printer.print(table);
    return absl::OkStatus();
}

absl::StatusOr<std::string> wantedPassword(const std::string& file)
{
    if (!file.empty()) {
        return readSecretFile(file);
    }
    if (!canAsk()) {
        return withHint(
            absl::InvalidArgumentError("there is no terminal to ask for the password on"),
            "Give --password-file.");
    }
    PH_ASSIGN_OR_RETURN(const std::string first, askSecret("Password of the operator: "));
    PH_ASSIGN_OR_RETURN(const std::string second, askSecret("The same again: "));
    return first == second
               ? absl::StatusOr<std::string>(first)
               : withHint(absl::InvalidArgumentError("the two passwords differ"), "Try again.");
}

/// A password that is asked for only when the action is done, not for its plan.
struct PasswordOnce
{
    std::string file;
    std::string password;

    absl::Status need()
    {
        if (password.empty()) {
            PH_ASSIGN_OR_RETURN(password, wantedPassword(file));
        }
        return absl::OkStatus();
    }
};

struct OperatorFlags
{
    access::Operator who;
    std::string displayName;
    std::vector<std::string> roles;
    std::string passwordFile;
};

void addOperatorCreate(CLI::App& operators, Context& context)
{
    CLI::App* command = operators.add_subcommand("create", "Add an operator");
    const auto flags = std::make_shared<OperatorFlags>();
    command->add_option("NAME", flags->who.name, "to sign in with")->required();
    command->add_option("--role", flags->who.roles, "role, may be repeated")
        ->type_name("ROLE")
        ->required();
    command->add_option("--display-name", flags->who.displayName, "shown beside the name")
        ->type_name("TEXT");
    command
        ->add_option(
            "--password-file", flags->passwordFile, "file with the password, - for standard input")
        ->type_name("FILE");
    const auto confirm = addConfirmFlags(command);
    runsWithSession(command, context, [&context, flags, confirm](ServerSession& session) {
        PasswordOnce password{flags->passwordFile, {}};
        if (!confirm->dryRun && !confirm->requestApproval) {
            PH_RETURN_IF_ERROR(password.need());
        }
        return runPlanned(
            context,
            session,
            *confirm,
            [&](const plans::Request& request, auto done) {
                return session.accessAdmin().createOperator(
                    flags->who, password.password, request, std::move(done));
            },
            fmt::format("Operator {} created.", flags->who.name));
    });
}

void addOperatorUpdate(CLI::App& operators, Context& context)
{
    CLI::App* command = operators.add_subcommand("update", "Change roles or display name");
    const auto flags = std::make_shared<OperatorFlags>();
    command->add_option("NAME", flags->who.name, "the operator")->required();
    const CLI::Option* roles =
        command->add_option("--role", flags->roles, "the roles from now on, may be repeated")
            ->type_name("ROLE");
    const CLI::Option* displayName =
        command->add_option("--display-name", flags->displayName, "shown beside the name")
            ->type_name("TEXT");
    const auto confirm = addConfirmFlags(command);
    runsWithSession(
        command,
        context,
        [&context, flags, confirm, roles, displayName](ServerSession& session) -> absl::Status {
            PH_ASSIGN_OR_RETURN(const Account account, getOperator(session, flags->who.name));
            access::Operator wanted = account.who;
            if (roles->count() > 0) {
                wanted.roles = flags->roles;
            }
            if (displayName->count() > 0) {
                wanted.displayName = flags->displayName;
            }
            return runPlanned(
                context,
                session,
                *confirm,
                [&](const plans::Request& request, auto done) {
                    return session.accessAdmin().updateOperator(
                        wanted, account.etag, request, std::move(done));
                },
                fmt::format("Operator {} changed.", wanted.name));
        });
}

using NamedAction = client::CallPtr (client::AccessAdminClient::*)(
    const std::string&, const plans::Request&, client::OnDone<plans::Plan>);

void addOperatorAction(
    CLI::App& operators,
    Context& context,
    const char* verb,
    const char* help,
    NamedAction action,
    const char* done)
{
    CLI::App* command = operators.add_subcommand(verb, help);
    const auto name = std::make_shared<std::string>();
    command->add_option("NAME", *name, "the operator")->required();
    const auto confirm = addConfirmFlags(command);
    runsWithSession(
        command, context, [&context, name, confirm, action, done](ServerSession& session) {
            return runPlanned(
                context,
                session,
                *confirm,
                [&](const plans::Request& request, auto answer) {
                    return (session.accessAdmin().*action)(*name, request, std::move(answer));
                },
                fmt::format("Operator {} {}.", *name, done));
        });
}

void addOperatorReset(CLI::App& operators, Context& context)
{
    CLI::App* command = operators.add_subcommand(
        "reset-password", "Set a new password; sessions and tokens end, a lock is lifted");
    const auto flags = std::make_shared<OperatorFlags>();
    command->add_option("NAME", flags->who.name, "the operator")->required();
    command
        ->add_option(
            "--password-file", flags->passwordFile, "file with the password, - for standard input")
        ->type_name("FILE");
    const auto confirm = addConfirmFlags(command);
    runsWithSession(command, context, [&context, flags, confirm](ServerSession& session) {
        PasswordOnce password{flags->passwordFile, {}};
        if (!confirm->dryRun && !confirm->requestApproval) {
            PH_RETURN_IF_ERROR(password.need());
        }
        return runPlanned(
            context,
            session,
            *confirm,
            [&](const plans::Request& request, auto done) {
                return session.accessAdmin().resetPassword(
                    flags->who.name, password.password, request, std::move(done));
            },
            fmt::format("{} has a new password.", flags->who.name));
    });
}

} // namespace

void addOperatorCommands(CLI::App& app, Context& context)
{
    CLI::App* operators = app.add_subcommand("operators", "Who may use the server");
    operators->require_subcommand(1);
    operators->footer(
        "\nExamples:\n"
        "  pilothousectl operators create lee --role operator --password-file - < secret\n"
        "  pilothousectl operators update lee --role admin --dry-run\n"
        "  pilothousectl operators disable lee --confirm eu-prod-1 --reason 'left'");
    CLI::App* listCommand = operators->add_subcommand("list", "Operators, by name");
    const auto search = std::make_shared<std::string>();
    listCommand->add_option("SEARCH", *search, "part of the name or display name");
    runsWithSession(listCommand, context, [&context, search](ServerSession& session) {
        return listOperators(context, session, *search);
    });
    CLI::App* showCommand = operators->add_subcommand("show", "One operator");
    const auto name = std::make_shared<std::string>();
    showCommand->add_option("NAME", *name, "the operator")->required();
    runsWithSession(showCommand, context, [&context, name](ServerSession& session) {
        return showOperator(context, session, *name);
    });
    addOperatorCreate(*operators, context);
    addOperatorUpdate(*operators, context);
    using Client = client::AccessAdminClient;
    addOperatorAction(
        *operators,
        context,
        "disable",
        "No sign-in any more; sessions end at once",
        &Client::disableOperator,
        "disabled");
    addOperatorAction(
        *operators, context, "enable", "Sign-in again", &Client::enableOperator, "enabled");
    addOperatorAction(
        *operators, context, "delete", "Remove for good", &Client::deleteOperator, "deleted");
    addOperatorAction(
        *operators,
        context,
        "unlock",
        "Lift the lock after failed sign-ins",
        &Client::unlockOperator,
        "unlocked");
    addOperatorReset(*operators, context);
}

} // namespace pilothouse::cli
