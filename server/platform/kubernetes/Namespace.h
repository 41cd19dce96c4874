// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/kubernetes/KubernetesApi.h"
#include "server/platform/kubernetes/Objects.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

namespace pilothouse::kubernetes {

/// One namespace of a cluster. Every call blocks, and is one request; errors are those of
/// KubernetesApi. Thread-safe.
class Namespace
{
public:
    /// `limit` is that of each request.
    Namespace(ClusterAccess access, absl::Duration limit);

    const KubernetesApi& api() const { return m_api; }
    absl::Duration limit() const { return m_limit; }

    /// Of objects of a kind ("pods"), or of one ("services/shop"), for KubernetesApi.
    std::string corePath(const std::string& what) const;
    std::string appsPath(const std::string& what) const;
    std::string pathOf(const std::string& groupVersion, const std::string& what) const;

    absl::StatusOr<Service> service(const std::string& name) const;
    /// By a label selector, as text.
    absl::StatusOr<std::vector<Pod>> pods(const std::string& selector) const;
    absl::StatusOr<std::string> get(const std::string& path) const;
    /// The object as it is afterwards.
    absl::StatusOr<std::string> patch(
        const std::string& path, KubernetesApi::Patch kind, const std::string& body) const;

private:
    const std::string m_name;
    const absl::Duration m_limit;
    const KubernetesApi m_api;
};

/// A namespace as a configuration names it, see findClusterAccess. Found when it is first needed,
/// and anew when its account was refused: a kubeconfig that comes later, or was renewed, will do.
/// Thread-safe.
class NamespaceConnection
{
public:
    NamespaceConnection(
        std::filesystem::path kubeconfig,
        std::string context,
        std::string nameSpace,
        absl::Duration limit);

    absl::StatusOr<std::shared_ptr<const Namespace>> get() const;
    /// Tells what came of a call: after UNAUTHENTICATED it is found anew.
    void note(const absl::Status& status) const;

private:
    const std::filesystem::path m_kubeconfig;
    const std::string m_context;
    const std::string m_name;
    const absl::Duration m_limit;
    mutable std::mutex m_mutex;
    mutable std::shared_ptr<const Namespace> m_found;
};

} // namespace pilothouse::kubernetes
