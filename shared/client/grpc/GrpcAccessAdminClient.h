// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/AccessAdminClient.h"
#include "shared/client/grpc/Link.h"

#include <memory>

namespace pilothouse::client {

class GrpcAccessAdminClient final : public AccessAdminClient
{
public:
    explicit GrpcAccessAdminClient(std::shared_ptr<Link> link) : m_link(std::move(link)) {}

    CallPtr listOperators(
        const std::string& search, int limit, OnDone<std::vector<access::Account>> onDone) override;
    CallPtr getOperator(const std::string& name, OnDone<access::Account> onDone) override;
    CallPtr createOperator(
        const access::Operator& who,
        const std::string& password,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;
    CallPtr updateOperator(
        const access::Operator& who,
        const std::string& etag,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;
    CallPtr disableOperator(
        const std::string& name,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;
    CallPtr enableOperator(
        const std::string& name,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;
    CallPtr deleteOperator(
        const std::string& name,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;
    CallPtr resetPassword(
        const std::string& name,
        const std::string& password,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;
    CallPtr unlockOperator(
        const std::string& name,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;
    CallPtr listRoles(OnDone<std::vector<access::Role>> onDone) override;
    CallPtr getRole(const std::string& name, OnDone<access::Role> onDone) override;
    CallPtr createRole(
        const access::Role& role,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;
    CallPtr updateRole(
        const access::Role& role,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;
    CallPtr deleteRole(
        const std::string& name,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;
    CallPtr listPermissions(OnDone<std::vector<access::Permission>> onDone) override;
    CallPtr listAllSessions(
        const std::string& operatorName,
        int limit,
        OnDone<std::vector<access::OperatorSession>> onDone) override;
    CallPtr endSessions(
        const access::SessionChoice& choice,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;

private:
    std::shared_ptr<Link> m_link;
};

} // namespace pilothouse::client
