// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/platform/kubernetes/AutoscalerWatch.h"
#include "server/platform/kubernetes/Namespace.h"
#include "server/scaling/ScaleTarget.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>

#include <string>

namespace pilothouse::scaling {

/// A Deployment as what is counted and scaled.
class ScaledDeployment final : public ScaleTarget
{
public:
    ScaledDeployment(const config::ScalingPolicy& policy, const Clock& clock);

    absl::StatusOr<Seen> look() override;
    /// Nothing at all may have happened to the object.
    absl::Status scale(const Seen& seen, int instances) override;

private:
    absl::StatusOr<Seen> lookAt(const kubernetes::Namespace& cluster);

    const config::ScalingPolicy m_policy;
    const Clock& m_clock;
    const kubernetes::NamespaceConnection m_connection;
    const kubernetes::AutoscalerWatch m_autoscalers;
};

} // namespace pilothouse::scaling
