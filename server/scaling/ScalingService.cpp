// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/ScalingService.h"

#include "server/platform/rpc/TimePages.h"
#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/TimeProto.h"
#include "shared/plans/proto/PlansProto.h"
#include "shared/scaling/proto/ScalingProto.h"

#include <absl/strings/numbers.h>

namespace pilothouse::scaling {

namespace {

constexpr const char* kDecisionPages = "scaling.decisions";
constexpr absl::Duration kUsualSpan = absl::Hours(1);

/// The newest state, whenever it is another than the one that was sent.
class PoliciesSource final : public rpc::Source<v1::WatchPoliciesResponse>
{
public:
    PoliciesSource(const ScalingBoard& board, const Clock& clock, std::string policy)
        : m_board(board), m_clock(clock), m_policy(std::move(policy))
    {}

    bool next(v1::WatchPoliciesResponse& response) override
    {
        const std::uint64_t version = m_board.version();
        if (version == m_sent) {
            return false;
        }
        m_sent = version;
        for (const PolicyState& state : m_board.all()) {
            if (m_policy.empty() || state.policy.name == m_policy) {
                *response.add_policies() = toProto(state);
            }
        }
        *response.mutable_server_time() = pilothouse::toProto(m_clock.now());
        return true;
    }

private:
    const ScalingBoard& m_board;
    const Clock& m_clock;
    const std::string m_policy;
    std::uint64_t m_sent = 0;
};

} // namespace

ScalingService::ScalingService(rpc::Guard& guard, Parts parts)
    : rpc::Service(guard, v1::ListPoliciesRequest::descriptor()->file()->service(0)),
      m_parts(std::move(parts))
{
    unary("ListPolicies", &ScalingService::listPolicies);
    watch("WatchPolicies", &ScalingService::watchPolicies);
    unaryOn(m_parts.db, "ListDecisions", &ScalingService::listDecisions);
    unaryLater("SimulatePolicy", &ScalingService::simulatePolicy);
    unaryOn(m_parts.db, "PausePolicy", &ScalingService::pausePolicy);
    unaryOn(m_parts.db, "ResumePolicy", &ScalingService::resumePolicy);
    m_parts.board.setListener([this] { m_watchers.wake(); });
}

ScalingService::~ScalingService()
{
    m_parts.board.setListener({});
}

absl::Status ScalingService::listPolicies(
    const Call&, const v1::ListPoliciesRequest&, v1::ListPoliciesResponse& response)
{
    for (const PolicyState& state : m_parts.board.all()) {
        *response.add_policies() = toProto(state);
    }
    *response.mutable_interval() = pilothouse::toProto(m_parts.interval);
    return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchPoliciesResponse>>> ScalingService::
    watchPolicies(const Call&, const v1::WatchPoliciesRequest& request, rpc::Waker waker)
{
    if (!request.policy().empty()) {
        PH_RETURN_IF_ERROR(m_parts.scaling.find(request.policy()).status());
    }
    m_watchers.add(std::move(waker));
    return std::make_unique<PoliciesSource>(m_parts.board, m_parts.clock, request.policy());
}

absl::Status ScalingService::listDecisions(
    const Call& call, const v1::ListDecisionsRequest& request, v1::ListDecisionsResponse& response)
{
    PH_ASSIGN_OR_RETURN(const int size, rpc::pageSize(request.page_size()));
    std::int64_t before = 0;
    if (!request.page_token().empty()) {
        PH_ASSIGN_OR_RETURN(
            const auto place, m_parts.pages.open(kDecisionPages, request.page_token()));
        if (place.size() != 1 || !absl::SimpleAtoi(place[0], &before)) {
            return rpc::PageTokens::invalid();
        }
    }
    // One more than asked for tells whether there is another page.
    PH_ASSIGN_OR_RETURN(
        auto records,
        m_parts.scaling.decisions(request.policy(), before, size + 1, call.deadline()));
    const bool hasMore = records.size() > static_cast<std::size_t>(size);
    if (hasMore) {
        records.resize(static_cast<std::size_t>(size));
        response.set_next_page_token(m_parts.pages.make(kDecisionPages, {records.back().id}));
    }
    for (const Record& record : records) {
        *response.add_decisions() = toProto(record);
    }
    return absl::OkStatus();
}

void ScalingService::simulatePolicy(
    const Call&,
    const v1::SimulatePolicyRequest& request,
    v1::SimulatePolicyResponse& response,
    Done done)
{
    const Done answer = std::move(done);
    if (absl::Status status = beginSimulation(request, response, answer); !status.ok()) {
        answer(std::move(status));
    }
}

/// Whoever answers OK has `done` called later.
absl::Status ScalingService::beginSimulation(
    const v1::SimulatePolicyRequest& request,
    v1::SimulatePolicyResponse& response,
    const Done& done)
{
    PH_ASSIGN_OR_RETURN(const PolicyState state, m_parts.scaling.find(request.policy()));
    PH_ASSIGN_OR_RETURN(
        const Policy policy, withOverrides(state.policy, fromProto(request.overrides())));
    const absl::Time end = absl::FromUnixMillis(absl::ToUnixMillis(
        request.has_end_time() ? pilothouse::fromProto(request.end_time()) : m_parts.clock.now()));
    const absl::Time start =
        request.has_start_time() ? pilothouse::fromProto(request.start_time()) : end - kUsualSpan;
    PH_ASSIGN_OR_RETURN(
        const Simulator::Span span, Simulator::spanOf(start, end, m_parts.interval));
    *response.mutable_policy() = toProto(policy);
    *response.mutable_step() = pilothouse::toProto(span.step);
    m_parts.simulator.run(
        policy,
        m_parts.readyExpression(policy.name),
        span,
        [&response, done](absl::StatusOr<Simulation> simulation) {
            if (simulation.ok()) {
                fill(response, *simulation);
            }
            done(simulation.status());
        });
    return absl::OkStatus();
}

absl::Status ScalingService::pausePolicy(
    const Call& call, const v1::PausePolicyRequest& request, v1::PausePolicyResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const plans::Plan plan,
        m_parts.scaling.pause(
            plans::requesterOf(call), plans::requestOf(request), request.policy()));
    *response.mutable_plan() = plans::toProto(plan);
    return absl::OkStatus();
}

absl::Status ScalingService::resumePolicy(
    const Call& call, const v1::ResumePolicyRequest& request, v1::ResumePolicyResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const plans::Plan plan,
        m_parts.scaling.resume(
            plans::requesterOf(call), plans::requestOf(request), request.policy()));
    *response.mutable_plan() = plans::toProto(plan);
    return absl::OkStatus();
}

} // namespace pilothouse::scaling
