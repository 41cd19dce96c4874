// SPDX-License-Identifier: Apache-2.0
#include "server/platform/kubernetes/ClusterAccess.h"

#include "server/platform/process/DurableFile.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <cstdlib>

namespace pilothouse::kubernetes {

namespace {

using Folder = std::filesystem::path;

/// The text of a key, "" when there is none.
std::string text(const YAML::Node& node, const char* key)
{
    const YAML::Node value = node[key];
    return value && value.IsScalar() ? value.Scalar() : std::string();
}

/// The entry of one of kubeconfig's lists of named things.
absl::StatusOr<YAML::Node> named(
    const YAML::Node& root, const char* list, const char* kind, const std::string& name)
{
    const YAML::Node entries = root[list];
    if (entries && entries.IsSequence()) {
        for (const YAML::Node& entry : entries) {
            if (entry.IsMap() && text(entry, "name") == name && entry[kind].IsMap()) {
                return entry[kind];
            }
        }
    }
    return absl::NotFoundError(fmt::format("there is no {} '{}'", kind, name));
}

/// What stands in "KEY-data" as base64, or in the file that "KEY" names.
absl::StatusOr<std::string> material(const YAML::Node& node, const char* key, const Folder& folder)
{
    if (const std::string data = text(node, fmt::format("{}-data", key).c_str()); !data.empty()) {
        std::string decoded;
        if (!absl::Base64Unescape(data, &decoded)) {
            return absl::InvalidArgumentError(fmt::format("{}-data is not base64", key));
        }
        return decoded;
    }
    const std::string file = text(node, key);
    return file.empty() ? absl::StatusOr<std::string>(std::string())
                        : platform::readSmallFile(folder / file);
}

absl::Status refuse(const YAML::Node& node, const char* key, const char* instead)
{
    return node[key]
               ? withHint(
                     absl::UnimplementedError(fmt::format("'{}' is not supported", key)), instead)
               : absl::OkStatus();
}

bool isLoopback(const std::string& server)
{
    constexpr std::array<const char*, 3> kHosts{
        "http://127.0.0.1", "http://localhost", "http://[::1]"};
    for (const std::string host : kHosts) {
        if (server == host || server.starts_with(host + ":") || server.starts_with(host + "/")) {
            return true;
        }
    }
    return false;
}

absl::StatusOr<std::string> serverAddress(std::string server)
{
    while (server.ends_with('/')) {
        server.pop_back();
    }
    if (server.starts_with("https://") || isLoopback(server)) {
        return server;
    }
    return withHint(
        absl::InvalidArgumentError(
            fmt::format("the address of the cluster, '{}', is not https", server)),
        "Use https, or http on loopback with 'kubectl proxy'.");
}

absl::Status readUser(const YAML::Node& user, const Folder& folder, ClusterAccess& access)
{
    constexpr const char* kUseToken =
        "Use the token of a service account ('tokenFile' or 'token') or a client certificate.";
    for (const char* key : {"exec", "auth-provider", "username", "password", "as"}) {
        PH_RETURN_IF_ERROR(refuse(user, key, kUseToken));
    }
    PH_ASSIGN_OR_RETURN(access.clientCertificate, material(user, "client-certificate", folder));
    PH_ASSIGN_OR_RETURN(access.clientKey, material(user, "client-key", folder));
    if (access.clientCertificate.empty() != access.clientKey.empty()) {
        return absl::InvalidArgumentError("client-certificate and client-key go together");
    }
    access.token = text(user, "token");
    if (const std::string file = text(user, "tokenFile"); !file.empty()) {
        access.tokenFile = folder / file;
    }
    return absl::OkStatus();
}

absl::StatusOr<ClusterAccess> readRoot(
    const YAML::Node& root, const std::string& wanted, const Folder& folder)
{
    if (!root.IsMap()) {
        return absl::InvalidArgumentError("this is no kubeconfig");
    }
    const std::string name = wanted.empty() ? text(root, "current-context") : wanted;
    if (name.empty()) {
        return absl::InvalidArgumentError("there is no current-context, and none was asked for");
    }
    PH_ASSIGN_OR_RETURN(const YAML::Node context, named(root, "contexts", "context", name));
    PH_ASSIGN_OR_RETURN(
        const YAML::Node cluster, named(root, "clusters", "cluster", text(context, "cluster")));
    PH_ASSIGN_OR_RETURN(const YAML::Node user, named(root, "users", "user", text(context, "user")));
    if (text(cluster, "insecure-skip-tls-verify") == "true") {
        return withHint(
            absl::UnimplementedError("'insecure-skip-tls-verify' is not supported"),
            "Name the cluster's CA in 'certificate-authority'.");
    }
    PH_RETURN_IF_ERROR(refuse(cluster, "proxy-url", "Name an address that needs no proxy."));
    PH_RETURN_IF_ERROR(
        refuse(cluster, "tls-server-name", "Name the address that the certificate is for."));
    ClusterAccess access;
    PH_ASSIGN_OR_RETURN(access.server, serverAddress(text(cluster, "server")));
    PH_ASSIGN_OR_RETURN(access.authorities, material(cluster, "certificate-authority", folder));
    PH_RETURN_IF_ERROR(readUser(user, folder, access));
    if (const std::string nameSpace = text(context, "namespace"); !nameSpace.empty()) {
        access.nameSpace = nameSpace;
    }
    return access;
}

} // namespace

absl::StatusOr<ClusterAccess> parseKubeconfig(
    const std::string& text, const std::string& context, const Folder& folder)
{
    try {
        return readRoot(YAML::Load(text), context, folder);
    } catch (const YAML::Exception& error) {
        return absl::InvalidArgumentError(fmt::format("this is no YAML: {}", error.what()));
    }
}

absl::StatusOr<ClusterAccess> readKubeconfig(const Folder& file, const std::string& context)
{
    PH_ASSIGN_OR_RETURN(const std::string text, platform::readSmallFile(file));
    auto access = parseKubeconfig(text, context, file.parent_path());
    return access.ok() ? access
                       : absl::StatusOr<ClusterAccess>(
                             withContext(access.status(), "kubeconfig " + file.string()));
}

absl::StatusOr<ClusterAccess> accessOfPod(const Folder& folder)
{
    const char* host = std::getenv("KUBERNETES_SERVICE_HOST");
    const char* port = std::getenv("KUBERNETES_SERVICE_PORT");
    if (host == nullptr || port == nullptr) {
        return withHint(
            absl::FailedPreconditionError(
                "this server does not run in a pod of a cluster: there is no "
                "KUBERNETES_SERVICE_HOST"),
            "Name a kubeconfig.");
    }
    ClusterAccess access;
    const bool isIpv6 = std::string_view(host).find(':') != std::string_view::npos;
    access.server = isIpv6 ? fmt::format("https://[{}]:{}", host, port)
                           : fmt::format("https://{}:{}", host, port);
    access.tokenFile = folder / "token";
    PH_ASSIGN_OR_RETURN(access.authorities, platform::readSmallFile(folder / "ca.crt"));
    PH_ASSIGN_OR_RETURN(access.nameSpace, platform::readSmallFile(folder / "namespace"));
    absl::StripAsciiWhitespace(&access.nameSpace);
    return access;
}

absl::StatusOr<ClusterAccess> findClusterAccess(
    const std::filesystem::path& kubeconfig,
    const std::string& context,
    const std::string& nameSpace)
{
    PH_ASSIGN_OR_RETURN(
        ClusterAccess access,
        kubeconfig.empty() ? accessOfPod() : readKubeconfig(kubeconfig, context));
    if (!nameSpace.empty()) {
        access.nameSpace = nameSpace;
    }
    return access;
}

} // namespace pilothouse::kubernetes
