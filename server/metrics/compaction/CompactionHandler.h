// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/JobHandler.h"
#include "server/metrics/storage/MetricsStorage.h"

namespace pilothouse::metrics {

/// "metrics.compact": compacts the metrics store of the server that runs the job.
class CompactionHandler final : public jobs::JobHandler
{
public:
    /// `storage` outlives the handler.
    explicit CompactionHandler(MetricsStorage& storage);

    const jobs::Kind& kind() const override { return m_kind; }
    absl::StatusOr<jobs::JobPlan> plan(const jobs::Parameters& parameters) const override;
    absl::Status run(jobs::TaskContext& context) override;

private:
    MetricsStorage& m_storage;
    const jobs::Kind m_kind;
};

} // namespace pilothouse::metrics
