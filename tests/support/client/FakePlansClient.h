// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/PlansClient.h"
#include "tests/support/client/FakeMethod.h"
#include "tests/support/client/FakeStream.h"

namespace pilothouse::test {

/// A PlansClient that a test answers through its public members.
class FakePlansClient final : public client::PlansClient
{
public:
    struct RequestedApproval
    {
        std::string planDigest;
        std::string reason;
    };
    struct ListRequest
    {
        bool pendingOnly = false;
        int limit = 0;
    };
    struct Decision
    {
        std::string id;
        std::string planDigest;
        std::string comment;
    };

    FakeMethod<client::Nothing, plans::Safety> safety;
    FakeStream<client::Nothing, plans::Safety> safetyStream;
    FakeMethod<std::string, plans::Lease> leases;
    FakeMethod<client::Nothing, client::Nothing> leaseEnds;
    FakeMethod<RequestedApproval, plans::Approval> approvalRequests;
    FakeMethod<std::string, plans::Approval> approval;
    FakeMethod<ListRequest, std::vector<plans::Approval>> approvals;
    FakeMethod<Decision, plans::Approval> approvings;
    FakeMethod<Decision, plans::Approval> rejections;
    FakeMethod<std::string, plans::Approval> withdrawals;

    client::CallPtr getSafety(client::OnDone<plans::Safety> onDone) override
    {
        return safety.start({}, std::move(onDone));
    }
    client::CallPtr watchSafety(
        client::OnMessage<plans::Safety> onMessage, client::OnEnd onEnd) override
    {
        return safetyStream.start({}, std::move(onMessage), std::move(onEnd));
    }
    client::CallPtr takeLease(
        const std::string& reason, client::OnDone<plans::Lease> onDone) override
    {
        return leases.start(reason, std::move(onDone));
    }
    client::CallPtr endLease(client::OnDone<client::Nothing> onDone) override
    {
        return leaseEnds.start({}, std::move(onDone));
    }
    client::CallPtr requestApproval(
        const std::string& planDigest,
        const std::string& reason,
        client::OnDone<plans::Approval> onDone) override
    {
        return approvalRequests.start({planDigest, reason}, std::move(onDone));
    }
    client::CallPtr getApproval(
        const std::string& id, client::OnDone<plans::Approval> onDone) override
    {
        return approval.start(id, std::move(onDone));
    }
    client::CallPtr listApprovals(
        bool pendingOnly, int limit, client::OnDone<std::vector<plans::Approval>> onDone) override
    {
        return approvals.start({pendingOnly, limit}, std::move(onDone));
    }
    client::CallPtr approve(
        const std::string& id,
        const std::string& planDigest,
        const std::string& comment,
        client::OnDone<plans::Approval> onDone) override
    {
        return approvings.start({id, planDigest, comment}, std::move(onDone));
    }
    client::CallPtr reject(
        const std::string& id,
        const std::string& comment,
        client::OnDone<plans::Approval> onDone) override
    {
        return rejections.start({id, {}, comment}, std::move(onDone));
    }
    client::CallPtr withdrawApproval(
        const std::string& id, client::OnDone<plans::Approval> onDone) override
    {
        return withdrawals.start(id, std::move(onDone));
    }
};

} // namespace pilothouse::test
