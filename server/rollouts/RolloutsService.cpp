// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/RolloutsService.h"

#include "server/platform/rpc/TimePages.h"
#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/TimeProto.h"
#include "shared/plans/proto/PlansProto.h"
#include "shared/rollouts/proto/RolloutsProto.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::rollouts {

namespace {

constexpr const char* kRolloutPages = "rollouts";

template <typename Request>
Target targetOf(const Request& request)
{
    return {request.application(), request.rollout_id()};
}

template <typename Response>
absl::Status answer(const absl::StatusOr<Outcome>& outcome, Response& response)
{
    PH_RETURN_IF_ERROR(outcome.status());
    if (!outcome->plan.action.empty()) {
        *response.mutable_plan() = plans::toProto(outcome->plan);
    }
    if (outcome->rollout) {
        *response.mutable_rollout() = toProto(*outcome->rollout);
    }
    return absl::OkStatus();
}

/// The newest state, whenever it is another than the one that was sent.
class ApplicationsSource final : public rpc::Source<v1::WatchApplicationsResponse>
{
public:
    ApplicationsSource(const RolloutBoard& board, const Clock& clock, std::string application)
        : m_board(board), m_clock(clock), m_application(std::move(application))
    {}

    bool next(v1::WatchApplicationsResponse& response) override
    {
        const std::uint64_t version = m_board.version();
        if (version == m_sent) {
            return false;
        }
        m_sent = version;
        for (const Application& application : m_board.all()) {
            if (m_application.empty() || application.name == m_application) {
                *response.add_applications() = toProto(application);
            }
        }
        *response.mutable_server_time() = pilothouse::toProto(m_clock.now());
        return true;
    }

private:
    const RolloutBoard& m_board;
    const Clock& m_clock;
    const std::string m_application;
    std::uint64_t m_sent = 0;
};

} // namespace

RolloutsService::RolloutsService(rpc::Guard& guard, const Parts& parts)
    : rpc::Service(guard, v1::StartRolloutRequest::descriptor()->file()->service(0)), m_parts(parts)
{
    unary("ListApplications", &RolloutsService::listApplications);
    watch("WatchApplications", &RolloutsService::watchApplications);
    unaryOn(parts.db, "GetRollout", &RolloutsService::getRollout);
    unaryOn(parts.db, "ListRollouts", &RolloutsService::listRollouts);
    unaryOn(parts.acting, "StartRollout", &RolloutsService::startRollout);
    unaryOn(parts.acting, "PromoteRollout", &RolloutsService::promoteRollout);
    unaryOn(parts.acting, "StepTraffic", &RolloutsService::stepTraffic);
    unaryOn(parts.acting, "PauseRollout", &RolloutsService::pauseRollout);
    unaryOn(parts.acting, "ResumeRollout", &RolloutsService::resumeRollout);
    unaryOn(parts.acting, "KeepWarm", &RolloutsService::keepWarm);
    unaryOn(parts.acting, "AbortRollout", &RolloutsService::abortRollout);
    unaryOn(parts.goingBack, "RollBack", &RolloutsService::rollBack);
    m_listener = parts.board.addListener([this] { m_watchers.wake(); });
}

RolloutsService::~RolloutsService()
{
    m_parts.board.removeListener(m_listener);
}

absl::Status RolloutsService::listApplications(
    const Call&, const v1::ListApplicationsRequest&, v1::ListApplicationsResponse& response)
{
    for (const Application& application : m_parts.board.all()) {
        *response.add_applications() = toProto(application);
    }
    return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchApplicationsResponse>>> RolloutsService::
    watchApplications(const Call&, const v1::WatchApplicationsRequest& request, rpc::Waker waker)
{
    if (!request.application().empty()) {
        PH_RETURN_IF_ERROR(findApplication(m_parts.applications, request.application()).status());
    }
    m_watchers.add(std::move(waker));
    return std::make_unique<ApplicationsSource>(
        m_parts.board, m_parts.clock, request.application());
}

absl::Status RolloutsService::getRollout(
    const Call& call, const v1::GetRolloutRequest& request, v1::GetRolloutResponse& response)
{
    PH_ASSIGN_OR_RETURN(const auto receipt, m_parts.rollouts.get(request.id(), call.deadline()));
    *response.mutable_rollout() = toProto(receipt.rollout);
    for (const Event& event : receipt.events) {
        *response.add_events() = toProto(event);
    }
    return absl::OkStatus();
}

absl::Status RolloutsService::listRollouts(
    const Call& call, const v1::ListRolloutsRequest& request, v1::ListRolloutsResponse& response)
{
    std::int64_t before = 0;
    if (!request.page_token().empty()) {
        PH_ASSIGN_OR_RETURN(
            const auto place, m_parts.pages.open(kRolloutPages, request.page_token()));
        if (place.size() != 1 || !absl::SimpleAtoi(place[0], &before)) {
            return rpc::PageTokens::invalid();
        }
    }
    PH_ASSIGN_OR_RETURN(const int size, rpc::pageSize(request.page_size()));
    PH_ASSIGN_OR_RETURN(
        auto rollouts,
        m_parts.rollouts.list(request.application(), before, size + 1, call.deadline()));
    if (rollouts.size() > static_cast<std::size_t>(size)) {
        rollouts.pop_back();
        response.set_next_page_token(m_parts.pages.make(kRolloutPages, {rollouts.back().id}));
    }
    for (const Rollout& rollout : rollouts) {
        *response.add_rollouts() = toProto(rollout);
    }
    return absl::OkStatus();
}

absl::Status RolloutsService::startRollout(
    const Call& call, const v1::StartRolloutRequest& request, v1::StartRolloutResponse& response)
{
    return answer(
        m_parts.rollouts.start(
            plans::requesterOf(call),
            plans::requestOf(request),
            request.application(),
            request.revision(),
            request.description()),
        response);
}

absl::Status RolloutsService::promoteRollout(
    const Call& call,
    const v1::PromoteRolloutRequest& request,
    v1::PromoteRolloutResponse& response)
{
    const bool hasReason =
        request.override_reason().find_first_not_of(" \t\n") != std::string::npos;
    if (request.override_gates() && !hasReason) {
        return withReason(
            absl::InvalidArgumentError("overriding a gate needs a reason"), "REASON_NEEDED");
    }
    const auto outcome = m_parts.rollouts.promote(
        plans::requesterOf(call),
        plans::requestOf(request),
        targetOf(request),
        request.override_gates() ? request.override_reason() : "");
    PH_RETURN_IF_ERROR(answer(outcome, response));
    for (const Gate& gate : outcome->gates) {
        *response.add_gates() = toProto(gate);
    }
    return absl::OkStatus();
}

absl::Status RolloutsService::stepTraffic(
    const Call& call, const v1::StepTrafficRequest& request, v1::StepTrafficResponse& response)
{
    return answer(
        m_parts.rollouts.stepTraffic(
            plans::requesterOf(call),
            plans::requestOf(request),
            targetOf(request),
            request.has_percent() ? std::optional(request.percent()) : std::nullopt),
        response);
}

absl::Status RolloutsService::pauseRollout(
    const Call& call, const v1::PauseRolloutRequest& request, v1::PauseRolloutResponse& response)
{
    return answer(
        m_parts.rollouts.pause(
            plans::requesterOf(call), plans::requestOf(request), targetOf(request)),
        response);
}

absl::Status RolloutsService::resumeRollout(
    const Call& call, const v1::ResumeRolloutRequest& request, v1::ResumeRolloutResponse& response)
{
    return answer(
        m_parts.rollouts.resume(
            plans::requesterOf(call), plans::requestOf(request), targetOf(request)),
        response);
}

absl::Status RolloutsService::keepWarm(
    const Call& call, const v1::KeepWarmRequest& request, v1::KeepWarmResponse& response)
{
    return answer(
        m_parts.rollouts.keepWarm(
            plans::requesterOf(call),
            plans::requestOf(request),
            targetOf(request),
            pilothouse::fromProto(request.duration())),
        response);
}

absl::Status RolloutsService::abortRollout(
    const Call& call, const v1::AbortRolloutRequest& request, v1::AbortRolloutResponse& response)
{
    return answer(
        m_parts.rollouts.abort(
            plans::requesterOf(call), plans::requestOf(request), targetOf(request)),
        response);
}

absl::Status RolloutsService::rollBack(
    const Call& call, const v1::RollBackRequest& request, v1::RollBackResponse& response)
{
    const auto outcome = m_parts.rollback.run(
        plans::requesterOf(call), plans::requestOf(request), targetOf(request));
    PH_RETURN_IF_ERROR(answer(outcome, response));
    response.set_recorded_locally(outcome->isRecordedLocally);
    if (outcome->isRecordedLocally && call.receipt() != nullptr) {
        // The journal is its record: the audit has it as soon as the database is back.
        call.receipt()->success.store(true);
    }
    return absl::OkStatus();
}

} // namespace pilothouse::rollouts
