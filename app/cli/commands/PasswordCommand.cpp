// SPDX-License-Identifier: GPL-3.0-or-later
// password.
#include "app/cli/commands/Command.h"
#include "app/cli/input/Prompt.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/AccessClient.h"

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

} // namespace

void addPasswordCommand(CLI::App& app, Context& context)
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
}

} // namespace pilothouse::cli
