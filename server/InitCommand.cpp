// SPDX-License-Identifier: Apache-2.0
#include "server/InitCommand.h"

#include "server/ControlDatabase.h"
#include "server/access/Accounts.h"
#include "server/audit/AuditLog.h"
#include "server/platform/crypto/Random.h"
#include "server/platform/rpc/MethodTable.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <prometheus/registry.h>

#include <fstream>
#include <iostream>

namespace pilothouse {

namespace {

absl::StatusOr<std::string> readPassword(const std::filesystem::path& file)
{
    std::string password;
    if (std::ifstream stream(file); !std::getline(stream, password) || password.empty()) {
        return withHint(
            absl::InvalidArgumentError(fmt::format("{} holds no password", file.string())),
            "Write the password into its first line.");
    }
    return password;
}

absl::Status add(
    access::Accounts& accounts, const InitOptions& options, const std::string& password)
{
    if (options.resetPassword) {
        return accounts.resetPassword(options.name, password);
    }
    PH_ASSIGN_OR_RETURN(const bool hasOperators, accounts.hasOperators());
    if (hasOperators) {
        return withHint(
            absl::AlreadyExistsError("there is an administrator already"),
            "Sign in as that one, or use --reset-password with --name.");
    }
    return accounts.addOperator({options.name, "Administrator", {"admin"}}, password);
}

} // namespace

absl::Status initAdministrator(const config::Config& config, const InitOptions& options)
{
    std::string password;
    if (options.passwordFile.empty()) {
        password = platform::newPassword();
    } else {
        PH_ASSIGN_OR_RETURN(password, readPassword(options.passwordFile));
    }
    prometheus::Registry registry;
    // Held to the end when no server runs; with one running, its database is used as it stands.
    auto directory = platform::DataDirectory::open(config.dataDir);
    auto control = directory.ok() ? ControlDatabase::open(config, **directory, registry, [] {})
                                  : ControlDatabase::openBesideServer(config, registry);
    if (!control.ok()) {
        return directory.ok() || !absl::IsUnavailable(control.status()) ? control.status()
                                                                        : directory.status();
    }
    const rpc::MethodTable methods({});
    access::SessionCache noSessions(methods, systemClock(), {});
    const audit::AuditLog log((*control)->database());
    access::Accounts accounts(
        (*control)->database(), log, noSessions, systemClock(), config.access);
    PH_RETURN_IF_ERROR(add(accounts, options, password));
    std::cout << (options.resetPassword ? "new password for " : "administrator ") << options.name;
    if (options.passwordFile.empty()) {
        std::cout << " password " << password;
    }
    std::cout << std::endl;
    return absl::OkStatus();
}

} // namespace pilothouse
