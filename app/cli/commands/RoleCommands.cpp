// SPDX-License-Identifier: GPL-3.0-or-later
// roles.
#include "app/cli/commands/PlannedAction.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/AccessAdminClient.h"

#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

using access::Role;

Json jsonRole(const Role& role)
{
    return Json{
        {"name", role.name},
        {"description", role.description},
        {"permissions", role.permissions},
        {"builtIn", role.isBuiltIn},
        {"operators", role.operators},
        {"etag", role.etag}};
}

std::string joinedWords(const std::vector<std::string>& words)
{
    return fmt::format("{}", fmt::join(words, ", "));
}

absl::Status listRoles(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(const std::vector<Role> roles, await<std::vector<Role>>([&](auto done) {
                            return session.accessAdmin().listRoles(std::move(done));
                        }));
    if (context.printer.isJson()) {
        Json list = Json::array();
        for (const Role& role : roles) {
            list.push_back(jsonRole(role));
        }
        context.printer.print(Json{{"roles", std::move(list)}});
        return absl::OkStatus();
    }
    Table table(
        {{"NAME"},
         {"PERMISSIONS", Align::Left, true},
         {"OPERATORS", Align::Right},
         {"DESCRIPTION", Align::Left, true}});
    for (const Role& role : roles) {
        table.add(
            {role.name,
             joinedWords(role.permissions),
             std::to_string(role.operators),
             role.description});
    }
    context.printer.print(table);
    return absl::OkStatus();
}

absl::StatusOr<Role> getRole(ServerSession& session, const std::string& name)
{
    return await<Role>(
        [&](auto done) { return session.accessAdmin().getRole(name, std::move(done)); });
}

absl::Status showRole(Context& context, ServerSession& session, const std::string& name)
{
    PH_ASSIGN_OR_RETURN(const Role role, getRole(session, name));
    if (context.printer.isJson()) {
        context.printer.print(jsonRole(role));
        return absl::OkStatus();
    }
    Table table({{"ROLE"}, {role.name, Align::Left, true}});
    table.add({"description", role.description});
    table.add({"permissions", joinedWords(role.permissions)});
    table.add({"operators", std::to_string(role.operators)});
    table.add({"built in", role.isBuiltIn ? "yes" : "no"});
    context.printer.print(table);
    return absl::OkStatus();
}

absl::Status listPermissions(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(
        const std::vector<access::Permission> permissions,
        await<std::vector<access::Permission>>(
            [&](auto done) { return session.accessAdmin().listPermissions(std::move(done)); }));
    if (context.printer.isJson()) {
        Json list = Json::array();
        for (const auto& permission : permissions) {
            list.push_back(
                {{"name", permission.name},
                 {"methods", permission.methods},
                 {"roles", permission.roles}});
        }
        context.printer.print(Json{{"permissions", std::move(list)}});
        return absl::OkStatus();
    }
    Table table({{"PERMISSION"}, {"ROLES", Align::Left, true}, {"METHODS", Align::Left, true}});
    for (const auto& permission : permissions) {
        table.add(
            {permission.name, joinedWords(permission.roles), joinedWords(permission.methods)});
    }
    context.printer.print(table);
    return absl::OkStatus();
}

void addRoleCreate(CLI::App& roles, Context& context)
{
    CLI::App* command = roles.add_subcommand("create", "Make a role");
    const auto role = std::make_shared<Role>();
    command->add_option("NAME", role->name, "of the role")->required();
    command
        ->add_option(
            "--permission", role->permissions, "'metrics.view', 'metrics.*', '*.view'; repeatable")
        ->type_name("PATTERN")
        ->required();
    command->add_option("--description", role->description, "what it is for")->type_name("TEXT");
    const auto confirm = addConfirmFlags(command);
    runsWithSession(command, context, [&context, role, confirm](ServerSession& session) {
        return runPlanned(
            context,
            session,
            *confirm,
            [&](const plans::Request& request, auto done) {
                return session.accessAdmin().createRole(*role, request, std::move(done));
            },
            fmt::format("Role {} created.", role->name));
    });
}

void addRoleUpdate(CLI::App& roles, Context& context)
{
    CLI::App* command = roles.add_subcommand("update", "Change permissions or description");
    const auto flags = std::make_shared<Role>();
    command->add_option("NAME", flags->name, "the role")->required();
    const CLI::Option* permissions =
        command
            ->add_option(
                "--permission", flags->permissions, "the permissions from now on; repeatable")
            ->type_name("PATTERN");
    const CLI::Option* description =
        command->add_option("--description", flags->description, "what it is for")
            ->type_name("TEXT");
    const auto confirm = addConfirmFlags(command);
    runsWithSession(
        command,
        context,
        [&context, flags, confirm, permissions, description](
            ServerSession& session) -> absl::Status {
            PH_ASSIGN_OR_RETURN(Role role, getRole(session, flags->name));
            if (permissions->count() > 0) {
                role.permissions = flags->permissions;
            }
            if (description->count() > 0) {
                role.description = flags->description;
            }
            return runPlanned(
                context,
                session,
                *confirm,
                [&](const plans::Request& request, auto done) {
                    return session.accessAdmin().updateRole(role, request, std::move(done));
                },
                fmt::format("Role {} changed.", role.name));
        });
}

void addRoleDelete(CLI::App& roles, Context& context)
{
    CLI::App* command = roles.add_subcommand("delete", "Remove a role that nobody has");
    const auto name = std::make_shared<std::string>();
    command->add_option("NAME", *name, "the role")->required();
    const auto confirm = addConfirmFlags(command);
    runsWithSession(command, context, [&context, name, confirm](ServerSession& session) {
        return runPlanned(
            context,
            session,
            *confirm,
            [&](const plans::Request& request, auto done) {
                return session.accessAdmin().deleteRole(*name, request, std::move(done));
            },
            fmt::format("Role {} deleted.", *name));
    });
}

} // namespace

void addRoleCommands(CLI::App& app, Context& context)
{
    CLI::App* roles = app.add_subcommand("roles", "What operators may do");
    roles->require_subcommand(1);
    roles->footer("\nExamples:\n"
                  "  pilothousectl roles permissions\n"
                  "  pilothousectl roles create on-call --permission '*.view' --permission "
                  "alerts.operate");
    runsWithSession(
        roles->add_subcommand("list", "Built-in roles, then your own"),
        context,
        [&context](ServerSession& session) { return listRoles(context, session); });
    CLI::App* showCommand = roles->add_subcommand("show", "One role");
    const auto name = std::make_shared<std::string>();
    showCommand->add_option("NAME", *name, "the role")->required();
    runsWithSession(showCommand, context, [&context, name](ServerSession& session) {
        return showRole(context, session, *name);
    });
    addRoleCreate(*roles, context);
    addRoleUpdate(*roles, context);
    addRoleDelete(*roles, context);
    runsWithSession(
        roles->add_subcommand(
            "permissions",
            "Every permission, the methods that need it and the roles that grant it"),
        context,
        [&context](ServerSession& session) { return listPermissions(context, session); });
}

} // namespace pilothouse::cli
