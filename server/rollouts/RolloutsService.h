// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/executor/Executor.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/Service.h"
#include "server/platform/rpc/Watchers.h"
#include "server/rollouts/Rollback.h"
#include "server/rollouts/RolloutBoard.h"
#include "server/rollouts/Rollouts.h"

#include <pilothouse/v1/rollouts.pb.h>

namespace pilothouse::rollouts {

/// Rollouts over gRPC.
class RolloutsService final : public rpc::Service
{
public:
    struct Parts
    {
        const ManagedApplications& applications;
        Rollouts& rollouts;
        Rollback& rollback;
        RolloutBoard& board;
        const Clock& clock;
        const rpc::PageTokens& pages;
        platform::Executor& db;
        /// Promotions, and rollbacks: neither waits for anything else.
        platform::Executor& acting;
        platform::Executor& goingBack;
    };

    /// All of it outlives the service.
    RolloutsService(rpc::Guard& guard, const Parts& parts);
    ~RolloutsService() override;

private:
    using Call = rpc::Call;

    absl::Status listApplications(
        const Call&, const v1::ListApplicationsRequest&, v1::ListApplicationsResponse&);
    absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchApplicationsResponse>>> watchApplications(
        const Call&, const v1::WatchApplicationsRequest&, rpc::Waker);
    absl::Status getRollout(const Call&, const v1::GetRolloutRequest&, v1::GetRolloutResponse&);
    absl::Status listRollouts(
        const Call&, const v1::ListRolloutsRequest&, v1::ListRolloutsResponse&);
    absl::Status startRollout(
        const Call&, const v1::StartRolloutRequest&, v1::StartRolloutResponse&);
    absl::Status promoteRollout(
        const Call&, const v1::PromoteRolloutRequest&, v1::PromoteRolloutResponse&);
    absl::Status stepTraffic(const Call&, const v1::StepTrafficRequest&, v1::StepTrafficResponse&);
    absl::Status pauseRollout(
        const Call&, const v1::PauseRolloutRequest&, v1::PauseRolloutResponse&);
    absl::Status resumeRollout(
        const Call&, const v1::ResumeRolloutRequest&, v1::ResumeRolloutResponse&);
    absl::Status keepWarm(const Call&, const v1::KeepWarmRequest&, v1::KeepWarmResponse&);
    absl::Status abortRollout(
        const Call&, const v1::AbortRolloutRequest&, v1::AbortRolloutResponse&);
    absl::Status rollBack(const Call&, const v1::RollBackRequest&, v1::RollBackResponse&);

    const Parts m_parts;
    int m_listener = 0;
    rpc::Watchers m_watchers;
};

} // namespace pilothouse::rollouts
