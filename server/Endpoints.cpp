// SPDX-License-Identifier: Apache-2.0
#include "server/Endpoints.h"

#include "server/config/Values.h"
#include "server/platform/crypto/Certificates.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <fstream>

namespace pilothouse {

namespace {

constexpr const char* kSocketName = "pilothouse.sock";
/// Where the contract's methods that programs call by HTTP are.
constexpr const char* kOperatorPaths = "/v1/";

absl::StatusOr<std::string> readToken(const std::filesystem::path& file)
{
    std::string token;
    if (std::ifstream stream(file); !std::getline(stream, token) || token.empty()) {
        return withHint(
            absl::FailedPreconditionError(fmt::format("{} holds no token", file.string())),
            "Write a long random word into the file of http.token_file.");
    }
    return token;
}

absl::StatusOr<config::HostPort> parseListen(const char* side, const std::string& text)
{
    auto endpoint = config::parseHostPort(text);
    return endpoint.ok() ? endpoint
                         : withContext(
                               endpoint.status(),
                               fmt::format("cannot listen for {} on '{}', expected", side, text));
}

absl::StatusOr<platform::TlsFiles> tlsFiles(
    const config::Grpc& grpc, const std::filesystem::path& dataDir, const Clock& clock)
{
    if (grpc.certificateFile.empty()) {
        return platform::ensureCertificates(dataDir / "tls", clock);
    }
    PH_RETURN_IF_ERROR(platform::checkCertificate(grpc.certificateFile, grpc.keyFile, clock));
    return platform::TlsFiles{grpc.certificateFile, grpc.keyFile, {}};
}

absl::StatusOr<rpc::RpcServerOptions> rpcOptions(
    const config::Grpc& grpc, const platform::TlsFiles& tls, const std::filesystem::path& dataDir)
{
    PH_ASSIGN_OR_RETURN(const auto endpoint, parseListen("gRPC", grpc.listen));
    rpc::RpcServerOptions options;
    options.host = endpoint.host;
    options.port = endpoint.port;
    options.certificate = tls.certificate;
    options.key = tls.key;
    options.clientCa = grpc.clientCaFile;
    options.socket = dataDir / kSocketName;
    return options;
}

absl::StatusOr<platform::HttpServerOptions> httpOptions(
    const config::Http& http, const platform::TlsFiles& tls)
{
    PH_ASSIGN_OR_RETURN(const auto endpoint, parseListen("HTTP", http.listen));
    if (!config::isLoopbackHost(endpoint.host) && (!http.tls || http.tokenFile.empty())) {
        return withHint(
            absl::FailedPreconditionError(fmt::format(
                "the HTTP side would be open to the network on {} without TLS and token",
                http.listen)),
            "Set http.tls and http.token_file, or listen on 127.0.0.1.");
    }
    platform::HttpServerOptions options;
    options.host = endpoint.host;
    options.port = endpoint.port;
    options.guard.hosts = http.allowedHosts;
    options.guard.operatorPaths = {kOperatorPaths};
    options.guard.hosts.push_back(endpoint.host);
    if (!http.tokenFile.empty()) {
        PH_ASSIGN_OR_RETURN(options.guard.token, readToken(http.tokenFile));
    }
    if (http.tls) {
        options.certificate = tls.certificate;
        options.key = tls.key;
    }
    return options;
}

} // namespace

absl::StatusOr<Endpoints> Endpoints::prepare(
    const config::Config& config, const std::filesystem::path& dataDir, const Clock& clock)
{
    Endpoints endpoints;
    PH_ASSIGN_OR_RETURN(const auto tls, tlsFiles(config.grpc, dataDir, clock));
    PH_ASSIGN_OR_RETURN(endpoints.rpc, rpcOptions(config.grpc, tls, dataDir));
    PH_ASSIGN_OR_RETURN(endpoints.http, httpOptions(config.http, tls));
    PH_RETURN_IF_ERROR(rpc::RpcServer::check(endpoints.rpc));
    return endpoints;
}

absl::Status renewCertificates(
    const config::Config& config, const std::filesystem::path& dataDir, const Clock& clock)
{
    return config.grpc.certificateFile.empty() ? tlsFiles(config.grpc, dataDir, clock).status()
                                               : absl::OkStatus();
}

} // namespace pilothouse
