// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/connect/ServerSettings.h"

#include "app/cli/connect/CredentialStore.h"
#include "app/cli/input/Prompt.h"
#include "shared/base/StatusHelpers.h"
#include "shared/base/WorkspacePath.h"
#include "shared/client/state/Address.h"

#include <fmt/format.h>

#include <array>
#include <unistd.h>

namespace pilothouse::cli {

namespace {

std::string clientName()
{
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    return fmt::format("pilothousectl on {}", host.data());
}

} // namespace

absl::StatusOr<std::string> resolveServer(const ServerSettings& settings)
{
    if (!settings.server.empty()) {
        PH_ASSIGN_OR_RETURN(const client::Address address, client::parseAddress(settings.server));
        return address.toString();
    }
    const std::filesystem::path socket = localWorkspacePath() / "pilothouse.sock";
    std::error_code error;
    if (!std::filesystem::exists(socket, error)) {
        return withHint(
            absl::UnavailableError(fmt::format(
                "no server given, and the local workspace does not run ('{}' is not there)",
                socket.string())),
            "Give --server HOST:PORT or set PILOTHOUSE_SERVER.");
    }
    return "unix:" + socket.string();
}

absl::StatusOr<client::ConnectionOptions> connectionOptions(const ServerSettings& settings)
{
    client::ConnectionOptions options;
    PH_ASSIGN_OR_RETURN(options.address, resolveServer(settings));
    options.clientName = clientName();
    options.callTimeout = settings.timeout;
    options.dialTimeout = settings.timeout;
    if (!settings.caFile.empty()) {
        PH_ASSIGN_OR_RETURN(options.caPem, readSmallFile(settings.caFile));
    }
    if (settings.certificateFile.empty() != settings.keyFile.empty()) {
        return withHint(
            absl::InvalidArgumentError("--cert and --key belong together"),
            "Give both or neither.");
    }
    if (!settings.certificateFile.empty()) {
        PH_ASSIGN_OR_RETURN(options.clientCertificatePem, readSmallFile(settings.certificateFile));
        PH_ASSIGN_OR_RETURN(options.clientKeyPem, readSmallFile(settings.keyFile));
    }
    const auto store = CredentialStore::ofUser();
    if (store.ok()) {
        PH_ASSIGN_OR_RETURN(options.pinnedFingerprint, store->pin(options.address));
    }
    if (!settings.tokenFile.empty()) {
        PH_ASSIGN_OR_RETURN(options.token, readSecretFile(settings.tokenFile));
    } else if (store.ok()) {
        PH_ASSIGN_OR_RETURN(options.token, store->token(options.address));
    }
    return options;
}

} // namespace pilothouse::cli
