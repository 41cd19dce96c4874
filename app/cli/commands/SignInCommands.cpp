// SPDX-License-Identifier: GPL-3.0-or-later
// login, logout, whoami.
#include "app/cli/commands/Command.h"
#include "app/cli/connect/CredentialStore.h"
#include "app/cli/input/Prompt.h"
#include "app/cli/input/TimeText.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/AccessClient.h"

#include <absl/strings/ascii.h>
#include <absl/time/clock.h>
#include <fmt/format.h>

#include <cstdlib>

namespace pilothouse::cli {

namespace {

using client::ConnectionState;

struct LoginFlags
{
    std::string user;
    std::string passwordFile;
    std::string trust;
};

std::string hexOnly(const std::string& text)
{
    std::string result;
    for (const char character : text) {
        if (absl::ascii_isxdigit(static_cast<unsigned char>(character))) {
            result += absl::ascii_tolower(static_cast<unsigned char>(character));
        }
    }
    return result;
}

/// ab12cd… as "ab12 cd34 …", which people can compare.
std::string inGroups(const std::string& fingerprint)
{
    std::string result;
    for (std::size_t index = 0; index < fingerprint.size(); ++index) {
        result += (index > 0 && index % 4 == 0) ? " " : "";
        result += fingerprint[index];
    }
    return result;
}

std::string describeCertificate(const client::Certificate& certificate, const std::string& server)
{
    return fmt::format(
        "The certificate of {} is not known yet:\n"
        "  subject      {}\n"
        "  names        {}\n"
        "  issuer       {}\n"
        "  valid        {} to {} UTC\n"
        "  SHA-256      {}\n",
        server,
        certificate.subject,
        fmt::join(certificate.subjectAlternativeNames, ", "),
        fmt::join(certificate.issuerChain, ", "),
        shortTime(certificate.notBefore),
        shortTime(certificate.notAfter),
        inGroups(certificate.fingerprint));
}

/// Whether the person (or --trust) accepts what the server showed.
absl::Status judge(
    const client::ConnectionStatus& status, const LoginFlags& flags, const std::string& server)
{
    const client::Certificate& offered = *status.offered;
    if (!flags.trust.empty()) {
        if (hexOnly(flags.trust) == offered.fingerprint) {
            return absl::OkStatus();
        }
        return withHint(
            absl::UnauthenticatedError(fmt::format(
                "the server's certificate has the fingerprint {}, not the one given with --trust",
                offered.fingerprint)),
            "Compare it with the one on the server.");
    }
    if (!canAsk()) {
        return withHint(
            absl::UnauthenticatedError(fmt::format(
                "{} (SHA-256 {})", std::string(status.error.message()), offered.fingerprint)),
            "Give --trust FINGERPRINT, or the server's CA with --ca.");
    }
    const std::string warning = hintOf(status.error);
    auto answer = ask(fmt::format(
        "{}{}\nTrust it? Type yes: ",
        describeCertificate(offered, server),
        warning.empty() ? "" : warning + "\n"));
    PH_RETURN_IF_ERROR(answer.status());
    if (*answer != "yes") {
        return absl::CancelledError("not trusted, nothing was sent");
    }
    return absl::OkStatus();
}

absl::StatusOr<std::string> userName(const LoginFlags& flags)
{
    if (!flags.user.empty()) {
        return flags.user;
    }
    if (!canAsk()) {
        return withHint(absl::InvalidArgumentError("whose session"), "Give --user NAME.");
    }
    const char* account = std::getenv("USER");
    const std::string standard = account == nullptr ? "" : account;
    PH_ASSIGN_OR_RETURN(
        std::string name, ask(standard.empty() ? "Name: " : fmt::format("Name [{}]: ", standard)));
    return name.empty() ? standard : name;
}

absl::StatusOr<std::string> passwordOf(const LoginFlags& flags)
{
    if (!flags.passwordFile.empty()) {
        return readSecretFile(flags.passwordFile);
    }
    if (!canAsk()) {
        return withHint(
            absl::InvalidArgumentError("there is no terminal to ask for the password on"),
            "Give --password-file FILE.");
    }
    return askSecret("Password: ");
}

absl::Status reach(ServerSession& session, const LoginFlags& flags, const CredentialStore& store)
{
    client::ConnectionStatus status = session.connect();
    if (status.state == ConnectionState::AwaitingTrust) {
        PH_RETURN_IF_ERROR(judge(status, flags, session.address()));
        status = session.trustAndConnect();
    }
    if (const std::string pin = session.connection().pinnedFingerprint(); !pin.empty()) {
        PH_RETURN_IF_ERROR(store.savePin(session.address(), pin));
    }
    if (status.state == ConnectionState::SignedOut) {
        return absl::OkStatus();
    }
    return explainState(status, session.address());
}

absl::Status signIn(
    ServerSession& session, const LoginFlags& flags, const CredentialStore& store, Printer& printer)
{
    PH_ASSIGN_OR_RETURN(const std::string name, userName(flags));
    PH_ASSIGN_OR_RETURN(const std::string password, passwordOf(flags));
    PH_ASSIGN_OR_RETURN(const access::SignedIn signedIn, await<access::SignedIn>([&](auto done) {
                            return session.access().signIn(name, password, std::move(done));
                        }));
    PH_RETURN_IF_ERROR(store.saveToken(session.address(), signedIn.token));
    if (printer.isJson()) {
        printer.print(Json{
            {"server", session.address()},
            {"name", signedIn.who.name},
            {"roles", signedIn.who.roles},
            {"expireTime", jsonTime(signedIn.expireTime)}});
    } else {
        printer.line(fmt::format(
            "Signed in to {} as {}. The session ends {}.",
            session.address(),
            signedIn.who.name,
            sinceText(signedIn.expireTime, absl::Now())));
    }
    return absl::OkStatus();
}

absl::Status login(Context& context, const LoginFlags& flags)
{
    PH_ASSIGN_OR_RETURN(client::ConnectionOptions options, connectionOptions(context.server));
    PH_ASSIGN_OR_RETURN(const CredentialStore store, CredentialStore::ofUser());
    // A new session, whatever there was before.
    options.token.clear();
    ServerSession session(std::move(options));
    PH_RETURN_IF_ERROR(reach(session, flags, store));
    const auto identity = session.status().identity;
    if (identity && flags.user.empty()) {
        context.printer.line(fmt::format(
            "{} needs no sign-in here: you are {} by {}.",
            session.address(),
            identity->who.name,
            identity->authentication));
        return absl::OkStatus();
    }
    return signIn(session, flags, store, context.printer);
}

absl::Status logout(Context& context)
{
    PH_ASSIGN_OR_RETURN(client::ConnectionOptions options, connectionOptions(context.server));
    PH_ASSIGN_OR_RETURN(const CredentialStore store, CredentialStore::ofUser());
    if (options.token.empty()) {
        context.printer.line(fmt::format("Not signed in to {}.", options.address));
        return absl::OkStatus();
    }
    // Forgotten here in any case, also when the server cannot be told.
    PH_RETURN_IF_ERROR(store.removeToken(options.address));
    ServerSession session(std::move(options));
    const client::ConnectionStatus status = session.connect();
    if (status.state != ConnectionState::SignedOut) {
        PH_RETURN_IF_ERROR(withContext(
            explainState(status, session.address()),
            "forgot the session here, but not on the server"));
        PH_RETURN_IF_ERROR(await<client::Nothing>([&](auto done) {
                               return session.access().signOut(std::move(done));
                           }).status());
    }
    context.printer.line(fmt::format("Signed out of {}.", session.address()));
    return absl::OkStatus();
}

absl::Status whoAmI(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(const access::Identity identity, await<access::Identity>([&](auto done) {
                            return session.access().whoAmI(std::move(done));
                        }));
    if (context.printer.isJson()) {
        context.printer.print(Json{
            {"server", session.address()},
            {"name", identity.who.name},
            {"displayName", identity.who.displayName},
            {"roles", identity.who.roles},
            {"permissions", identity.permissions},
            {"authentication", identity.authentication},
            {"expireTime", jsonTime(identity.expireTime)}});
        return absl::OkStatus();
    }
    Table table({{"NAME"}, {"ROLES"}, {"BY"}, {"SESSION ENDS"}, {"SERVER", Align::Left, true}});
    table.add(
        {identity.who.name,
         fmt::format("{}", fmt::join(identity.who.roles, ", ")),
         identity.authentication,
         sinceText(identity.expireTime, absl::Now()),
         session.address()});
    context.printer.print(table);
    return absl::OkStatus();
}

} // namespace

void addSignInCommands(CLI::App& app, Context& context)
{
    CLI::App* loginCommand = app.add_subcommand("login", "Sign in and keep the session");
    const auto flags = std::make_shared<LoginFlags>();
    loginCommand->add_option("--user", flags->user, "name of the operator")->type_name("NAME");
    loginCommand
        ->add_option(
            "--password-file", flags->passwordFile, "file with the password, - for standard input")
        ->type_name("FILE");
    loginCommand
        ->add_option("--trust", flags->trust, "SHA-256 fingerprint of the server's certificate")
        ->type_name("FINGERPRINT");
    loginCommand->footer("\nThe session is kept for this server under $XDG_CONFIG_HOME/pilothouse, "
                         "readable by you alone.\n"
                         "\nExamples:\n"
                         "  pilothousectl --server ops.example.net:7443 login\n"
                         "  pilothousectl --server ops.example.net:7443 login --user dana "
                         "--password-file - < secret");
    loginCommand->callback(
        [&context, flags] { context.run = [&context, flags] { return login(context, *flags); }; });
    app.add_subcommand("logout", "End the session")->callback([&context] {
        context.run = [&context] { return logout(context); };
    });
    runsWithSession(
        app.add_subcommand("whoami", "Who you are to the server"),
        context,
        [&context](ServerSession& session) { return whoAmI(context, session); });
}

} // namespace pilothouse::cli
