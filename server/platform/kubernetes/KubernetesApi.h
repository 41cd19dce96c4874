// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/kubernetes/ClusterAccess.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace pilothouse::kubernetes {

/// A cluster's API server. Every call blocks, at most for its limit. Thread-safe; connections are
/// kept between calls, and callers do not wait for one another's.
///
/// Errors: UNAVAILABLE when it does not answer or has trouble (5xx), RESOURCE_EXHAUSTED when it
/// asks for patience (429, with a retry delay), UNAUTHENTICATED and PERMISSION_DENIED, NOT_FOUND,
/// ABORTED when the object is not as it was seen (409, and 422 for a JSON Patch whose `test`
/// failed), FAILED_PRECONDITION for everything else that it refuses. Messages are the cluster's.
class KubernetesApi
{
public:
    enum class Patch {
        /// RFC 6902; with `test` it is a compare-and-set.
        Json,
        /// RFC 7386. Custom resources take no strategic merge.
        Merge,
    };
    /// False ends the watch.
    using OnEvent = std::function<bool(std::string_view line)>;

    explicit KubernetesApi(ClusterAccess access);
    ~KubernetesApi();
    KubernetesApi(const KubernetesApi&) = delete;
    KubernetesApi& operator=(const KubernetesApi&) = delete;

    /// `path` begins with "/api" and is encoded.
    absl::StatusOr<std::string> get(const std::string& path, absl::Duration limit) const;
    absl::StatusOr<std::string> patch(
        const std::string& path, Patch kind, const std::string& body, absl::Duration limit) const;
    /// Hands over the lines of a watch, one JSON object each, until `onEvent` has enough (OK) or
    /// the cluster ends it (OK, too: it may do so at any time). DEADLINE_EXCEEDED after `limit`.
    absl::Status watch(const std::string& path, absl::Duration limit, const OnEvent& onEvent) const;

private:
    class Connections;
    struct Request;
    struct Answer;

    absl::StatusOr<Answer> ask(const Request& request) const;
    absl::StatusOr<Answer> askOnce(const Request& request, const std::string& token) const;

    const ClusterAccess m_access;
    const std::unique_ptr<Connections> m_connections;
};

/// For the value of a query parameter.
std::string queryEncoded(std::string_view text);

} // namespace pilothouse::kubernetes
