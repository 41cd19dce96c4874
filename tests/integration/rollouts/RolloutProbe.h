// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/api/ApiClient.h"
#include "tests/support/rollouts/HaproxyWorld.h"

#include <pilothouse/v1/rollouts.grpc.pb.h>

#include <QList>

#include <memory>
#include <string>

namespace pilothouse::test {

/// An operator's hands on the rollouts of the application "shop", and what a test looks at.
class RolloutProbe
{
public:
    using Stub = v1::RolloutsService::Stub;

    explicit RolloutProbe(std::shared_ptr<grpc::Channel> channel, std::string token = {});

    Stub& stub() { return *m_stub; }

    ApiReply<v1::StartRolloutResponse> start(const std::string& revision = "2");
    /// Planned, confirmed and done.
    ApiReply<v1::PromoteRolloutResponse> promote(const std::string& overrideReason = {});
    ApiReply<v1::RollBackResponse> rollBack();
    /// Without a plan, as when the database is away.
    ApiReply<v1::RollBackResponse> rollBackAtOnce();
    ApiReply<v1::AbortRolloutResponse> abort();

    /// The application "shop" as the server sees it.
    v1::RolloutApplication shop();
    v1::RolloutStep step() { return shop().rollout().step(); }
    ApiReply<v1::GetRolloutResponse> receipt(const std::string& id);

    /// The action with the plan that its dry run shows.
    template <typename Method, typename Request>
    auto execute(Method method, Request request)
    {
        request.set_validate_only(true);
        auto planned = call(*m_stub, method, request, m_token);
        if (!planned.status.ok()) {
            return planned;
        }
        request.set_validate_only(false);
        auto& confirmation = *request.mutable_confirmation();
        confirmation.set_plan_digest(planned.value.plan().digest());
        confirmation.set_reason("a test");
        confirmation.set_typed_name(planned.value.plan().environment_name());
        return call(*m_stub, method, request, m_token);
    }

private:
    std::unique_ptr<Stub> m_stub;
    const std::string m_token;
};

/// The private cluster's processes: the postmaster and its children.
QList<qint64> postgresProcesses(const TestServer& server);
void signalAll(const QList<qint64>& pids, int number);

/// How often the audit has this action as done; refusals and failures do not count.
int auditCount(const std::shared_ptr<grpc::Channel>& channel, const std::string& action);

} // namespace pilothouse::test
