// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/metrics/query/QueryEngine.h"
#include "server/rollouts/AnalysisRunner.h"
#include "server/rollouts/Driver.h"
#include "server/rollouts/SideCounts.h"
#include "shared/base/Clock.h"
#include "shared/rollouts/Steps.h"

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace pilothouse::rollouts {

/// An application of the configuration with what carries its traffic.
struct ManagedApplication
{
    std::string name;
    Policy policy;
    std::vector<SideMetric> metrics;
    ComparisonSettings comparison;
    bool requiresApproval = false;
    std::unique_ptr<Driver> driver;
    /// Held while somebody switches, so that what one decided is not judged by what another has
    /// only half done. Not held while it is only looked at.
    std::timed_mutex acting;
};

using ManagedApplications = std::vector<std::unique_ptr<ManagedApplication>>;

/// The engine must outlive the applications. `folder` is for what they keep on this host.
absl::StatusOr<ManagedApplications> makeApplications(
    const config::Config& config,
    const Clock& clock,
    const metrics::QueryEngine& queries,
    const std::filesystem::path& folder);

/// NOT_FOUND.
absl::StatusOr<ManagedApplication*> findApplication(
    const ManagedApplications& applications, const std::string& name);

} // namespace pilothouse::rollouts
