// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/platform/http/HttpServer.h"
#include "server/platform/rpc/RpcServer.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>

#include <filesystem>

namespace pilothouse {

/// Where and how the server listens, from the configuration; certificates are made where none are
/// given.
struct Endpoints
{
    rpc::RpcServerOptions rpc;
    platform::HttpServerOptions http;

    /// FAILED_PRECONDITION or INVALID_ARGUMENT for what cannot be listened on, found before
    /// anything is started.
    static absl::StatusOr<Endpoints> prepare(
        const config::Config& config, const std::filesystem::path& dataDir, const Clock& clock);
};

/// Makes the server's own certificate anew when its time comes; the gRPC side takes it up by
/// itself, HTTP with the next start. Nothing happens with an own certificate.
absl::Status renewCertificates(
    const config::Config& config, const std::filesystem::path& dataDir, const Clock& clock);

} // namespace pilothouse
