// SPDX-License-Identifier: Apache-2.0
#include "server/platform/kubernetes/Namespace.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::kubernetes {

Namespace::Namespace(ClusterAccess access, absl::Duration limit)
    : m_name(access.nameSpace), m_limit(limit), m_api(std::move(access))
{}

std::string Namespace::corePath(const std::string& what) const
{
    return fmt::format("/api/v1/namespaces/{}/{}", m_name, what);
}

std::string Namespace::appsPath(const std::string& what) const
{
    return pathOf("apps/v1", what);
}

std::string Namespace::pathOf(const std::string& groupVersion, const std::string& what) const
{
    return fmt::format("/apis/{}/namespaces/{}/{}", groupVersion, m_name, what);
}

absl::StatusOr<Service> Namespace::service(const std::string& name) const
{
    PH_ASSIGN_OR_RETURN(const std::string body, get(corePath("services/" + name)));
    return parseService(body);
}

absl::StatusOr<std::vector<Pod>> Namespace::pods(const std::string& selector) const
{
    PH_ASSIGN_OR_RETURN(
        const std::string body,
        get(fmt::format("{}?labelSelector={}", corePath("pods"), queryEncoded(selector))));
    return parsePods(body);
}

absl::StatusOr<std::string> Namespace::get(const std::string& path) const
{
    return m_api.get(path, m_limit);
}

absl::StatusOr<std::string> Namespace::patch(
    const std::string& path, KubernetesApi::Patch kind, const std::string& body) const
{
    return m_api.patch(path, kind, body, m_limit);
}

NamespaceConnection::NamespaceConnection(
    std::filesystem::path kubeconfig,
    std::string context,
    std::string nameSpace,
    absl::Duration limit)
    : m_kubeconfig(std::move(kubeconfig)),
      m_context(std::move(context)),
      m_name(std::move(nameSpace)),
      m_limit(limit)
{}

absl::StatusOr<std::shared_ptr<const Namespace>> NamespaceConnection::get() const
{
    const std::lock_guard lock(m_mutex);
    if (m_found == nullptr) {
        PH_ASSIGN_OR_RETURN(
            ClusterAccess access, findClusterAccess(m_kubeconfig, m_context, m_name));
        m_found = std::make_shared<const Namespace>(std::move(access), m_limit);
    }
    return m_found;
}

void NamespaceConnection::note(const absl::Status& status) const
{
    if (absl::IsUnauthenticated(status)) {
        const std::lock_guard lock(m_mutex);
        m_found = nullptr;
    }
}

} // namespace pilothouse::kubernetes
