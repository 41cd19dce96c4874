// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/platform/kubernetes/Namespace.h"
#include "shared/base/Clock.h"
#include "shared/scaling/Decision.h"

#include <absl/status/statusor.h>

#include <string>

namespace pilothouse::scaling {

/// A Deployment as what is counted and scaled. Every call blocks for a few seconds at most; used by
/// one thread.
class ScaledDeployment
{
public:
    ScaledDeployment(const config::ScalingPolicy& policy, const Clock& clock);

    struct Seen
    {
        Count count;
        /// Of the object that was seen; another one is not scaled.
        std::string version;
        /// Name of a HorizontalPodAutoscaler that scales it, too; "" when there is none, or it is
        /// not allowed to look.
        std::string autoscaler;
    };
    absl::StatusOr<Seen> look();

    /// Absolute, and only when nothing at all has happened to the Deployment since it was seen:
    /// else ABORTED. So a server that does not lead any more can do nothing here after its
    /// successor has.
    absl::Status scale(const Seen& seen, int instances);

private:
    absl::StatusOr<Seen> lookAt(const kubernetes::Namespace& cluster);

    const config::ScalingPolicy m_policy;
    const Clock& m_clock;
    const kubernetes::NamespaceConnection m_connection;
    std::string m_autoscaler;
    absl::Duration m_autoscalerAsked = -absl::InfiniteDuration();
};

} // namespace pilothouse::scaling
