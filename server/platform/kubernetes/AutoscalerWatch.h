// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/kubernetes/Namespace.h"

#include <absl/time/time.h>

#include <mutex>
#include <string>
#include <vector>

namespace pilothouse::kubernetes {

/// Whether a HorizontalPodAutoscaler scales what somebody else here scales. Thread-safe.
class AutoscalerWatch
{
public:
    /// `names` are objects of the kind ("Deployment"); none of them may be scaled by another.
    AutoscalerWatch(std::string kind, std::vector<std::string> names)
        : m_kind(std::move(kind)), m_names(std::move(names))
    {}

    /// Which one does and what can be done, for people; "" when none does, or nothing is known of
    /// it: without the right to list them. Asks the cluster once a minute: people make them.
    /// `now` is monotonic.
    std::string obstacle(const Namespace& cluster, absl::Duration now) const;

private:
    const std::string m_kind;
    const std::vector<std::string> m_names;
    mutable std::mutex m_mutex;
    mutable std::string m_found;
    mutable absl::Duration m_asked = -absl::InfiniteDuration();
};

} // namespace pilothouse::kubernetes
