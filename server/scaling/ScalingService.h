// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/executor/Executor.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/Service.h"
#include "server/platform/rpc/Watchers.h"
#include "server/scaling/Scaling.h"
#include "server/scaling/Simulator.h"

#include <pilothouse/v1/scaling.pb.h>

#include <functional>
#include <memory>
#include <string>

namespace pilothouse::scaling {

/// pilothouse.v1.ScalingService.
class ScalingService final : public rpc::Service
{
public:
    /// What it needs; all of it outlives this.
    struct Parts
    {
        Scaling& scaling;
        ScalingBoard& board;
        const Simulator& simulator;
        const Clock& clock;
        const rpc::PageTokens& pages;
        platform::Executor& db;
        absl::Duration interval;
        /// PromQL for how many instances of a policy were ready.
        std::function<std::string(const std::string& policy)> readyExpression;
    };

    ScalingService(rpc::Guard& guard, Parts parts);
    ~ScalingService() override;

private:
    using Call = rpc::Call;

    absl::Status listPolicies(
        const Call& call,
        const v1::ListPoliciesRequest& request,
        v1::ListPoliciesResponse& response);
    absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchPoliciesResponse>>> watchPolicies(
        const Call& call, const v1::WatchPoliciesRequest& request, rpc::Waker waker);
    absl::Status listDecisions(
        const Call& call,
        const v1::ListDecisionsRequest& request,
        v1::ListDecisionsResponse& response);
    void simulatePolicy(
        const Call& call,
        const v1::SimulatePolicyRequest& request,
        v1::SimulatePolicyResponse& response,
        Done done);
    absl::Status pausePolicy(
        const Call& call, const v1::PausePolicyRequest& request, v1::PausePolicyResponse& response);
    absl::Status resumePolicy(
        const Call& call,
        const v1::ResumePolicyRequest& request,
        v1::ResumePolicyResponse& response);
    absl::Status beginSimulation(
        const v1::SimulatePolicyRequest& request,
        v1::SimulatePolicyResponse& response,
        const Done& done);

    const Parts m_parts;
    rpc::Watchers m_watchers;
};

} // namespace pilothouse::scaling
