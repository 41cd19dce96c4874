// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/PlansClient.h"
#include "shared/client/grpc/Link.h"

#include <memory>

namespace pilothouse::client {

class GrpcPlansClient final : public PlansClient
{
public:
    explicit GrpcPlansClient(std::shared_ptr<Link> link) : m_link(std::move(link)) {}

    CallPtr getSafety(OnDone<plans::Safety> onDone) override;
    CallPtr watchSafety(OnMessage<plans::Safety> onMessage, OnEnd onEnd) override;
    CallPtr takeLease(const std::string& reason, OnDone<plans::Lease> onDone) override;
    CallPtr endLease(OnDone<Nothing> onDone) override;
    CallPtr requestApproval(
        const std::string& planDigest,
        const std::string& reason,
        OnDone<plans::Approval> onDone) override;
    CallPtr getApproval(const std::string& id, OnDone<plans::Approval> onDone) override;
    CallPtr listApprovals(
        bool pendingOnly, int limit, OnDone<std::vector<plans::Approval>> onDone) override;
    CallPtr approve(
        const std::string& id,
        const std::string& planDigest,
        const std::string& comment,
        OnDone<plans::Approval> onDone) override;
    CallPtr reject(
        const std::string& id, const std::string& comment, OnDone<plans::Approval> onDone) override;
    CallPtr withdrawApproval(const std::string& id, OnDone<plans::Approval> onDone) override;

private:
    std::shared_ptr<Link> m_link;
};

} // namespace pilothouse::client
