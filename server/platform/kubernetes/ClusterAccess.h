// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <string>

namespace pilothouse::kubernetes {

/// Where a cluster's API is, and as whom it is asked.
struct ClusterAccess
{
    /// "https://10.0.0.1:6443", without a slash at its end. http on loopback only (kubectl proxy).
    std::string server;
    /// PEM of the CAs that are believed; "" = the system's.
    std::string authorities;
    /// PEM; both or none.
    std::string clientCertificate;
    std::string clientKey;
    /// Bearer token. Where there is a file it is read again and again: the cluster renews it.
    std::string token;
    std::filesystem::path tokenFile;
    /// Of the context, for those who name none.
    std::string nameSpace = "default";
};

/// Of a kubeconfig's text; `context` "" = its current one; relative paths are of `folder`. Refuses
/// what it could only pretend to do: exec and auth-provider plug-ins, passwords, proxies, and
/// connections that are not verified.
absl::StatusOr<ClusterAccess> parseKubeconfig(
    const std::string& text, const std::string& context, const std::filesystem::path& folder);

absl::StatusOr<ClusterAccess> readKubeconfig(
    const std::filesystem::path& file, const std::string& context);

/// Where a pod finds its account.
inline constexpr const char* kServiceAccountFolder =
    "/var/run/secrets/kubernetes.io/serviceaccount";

/// Of the pod that this process runs in, by KUBERNETES_SERVICE_HOST and _PORT and the files that
/// the cluster mounts. FAILED_PRECONDITION outside of one.
absl::StatusOr<ClusterAccess> accessOfPod(
    const std::filesystem::path& folder = kServiceAccountFolder);

/// As a configuration names it: by `kubeconfig` and its `context`, or, without one, of the pod. A
/// `nameSpace` takes the place of the one that belongs to it.
absl::StatusOr<ClusterAccess> findClusterAccess(
    const std::filesystem::path& kubeconfig,
    const std::string& context,
    const std::string& nameSpace);

} // namespace pilothouse::kubernetes
