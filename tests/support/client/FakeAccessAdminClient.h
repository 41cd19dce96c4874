// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/AccessAdminClient.h"
#include "tests/support/client/FakeMethod.h"

namespace pilothouse::test {

/// An AccessAdminClient that a test answers through its public members.
class FakeAccessAdminClient final : public client::AccessAdminClient
{
public:
    struct ListRequest
    {
        std::string search;
        int limit = 0;
    };
    /// A planned action on an operator.
    struct OperatorAction
    {
        access::Operator who;
        /// Password or etag, where the action has one.
        std::string detail;
        plans::Request request;
    };
    struct RoleAction
    {
        access::Role role;
        plans::Request request;
    };
    struct SessionAction
    {
        access::SessionChoice choice;
        plans::Request request;
    };

    FakeMethod<ListRequest, std::vector<access::Account>> operators;
    FakeMethod<std::string, access::Account> account;
    FakeMethod<OperatorAction, plans::Plan> creations;
    FakeMethod<OperatorAction, plans::Plan> updates;
    FakeMethod<OperatorAction, plans::Plan> disables;
    FakeMethod<OperatorAction, plans::Plan> enables;
    FakeMethod<OperatorAction, plans::Plan> deletions;
    FakeMethod<OperatorAction, plans::Plan> passwordResets;
    FakeMethod<OperatorAction, plans::Plan> unlocks;
    FakeMethod<client::Nothing, std::vector<access::Role>> roles;
    FakeMethod<std::string, access::Role> role;
    FakeMethod<RoleAction, plans::Plan> roleCreations;
    FakeMethod<RoleAction, plans::Plan> roleUpdates;
    FakeMethod<RoleAction, plans::Plan> roleDeletions;
    FakeMethod<client::Nothing, std::vector<access::Permission>> permissions;
    FakeMethod<ListRequest, std::vector<access::OperatorSession>> allSessions;
    FakeMethod<SessionAction, plans::Plan> sessionEnds;

    client::CallPtr listOperators(
        const std::string& search,
        int limit,
        client::OnDone<std::vector<access::Account>> onDone) override
    {
        return operators.start({search, limit}, std::move(onDone));
    }
    client::CallPtr getOperator(
        const std::string& name, client::OnDone<access::Account> onDone) override
    {
        return account.start(name, std::move(onDone));
    }
    client::CallPtr createOperator(
        const access::Operator& who,
        const std::string& password,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return creations.start({who, password, request}, std::move(onDone));
    }
    client::CallPtr updateOperator(
        const access::Operator& who,
        const std::string& etag,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return updates.start({who, etag, request}, std::move(onDone));
    }
    client::CallPtr disableOperator(
        const std::string& name,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return disables.start({{name, {}, {}}, {}, request}, std::move(onDone));
    }
    client::CallPtr enableOperator(
        const std::string& name,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return enables.start({{name, {}, {}}, {}, request}, std::move(onDone));
    }
    client::CallPtr deleteOperator(
        const std::string& name,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return deletions.start({{name, {}, {}}, {}, request}, std::move(onDone));
    }
    client::CallPtr resetPassword(
        const std::string& name,
        const std::string& password,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return passwordResets.start({{name, {}, {}}, password, request}, std::move(onDone));
    }
    client::CallPtr unlockOperator(
        const std::string& name,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return unlocks.start({{name, {}, {}}, {}, request}, std::move(onDone));
    }
    client::CallPtr listRoles(client::OnDone<std::vector<access::Role>> onDone) override
    {
        return roles.start({}, std::move(onDone));
    }
    client::CallPtr getRole(const std::string& name, client::OnDone<access::Role> onDone) override
    {
        return role.start(name, std::move(onDone));
    }
    client::CallPtr createRole(
        const access::Role& wanted,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return roleCreations.start({wanted, request}, std::move(onDone));
    }
    client::CallPtr updateRole(
        const access::Role& wanted,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return roleUpdates.start({wanted, request}, std::move(onDone));
    }
    client::CallPtr deleteRole(
        const std::string& name,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return roleDeletions.start(
            {access::Role{name, {}, {}, false, 0, {}}, request}, std::move(onDone));
    }
    client::CallPtr listPermissions(client::OnDone<std::vector<access::Permission>> onDone) override
    {
        return permissions.start({}, std::move(onDone));
    }
    client::CallPtr listAllSessions(
        const std::string& operatorName,
        int limit,
        client::OnDone<std::vector<access::OperatorSession>> onDone) override
    {
        return allSessions.start({operatorName, limit}, std::move(onDone));
    }
    client::CallPtr endSessions(
        const access::SessionChoice& choice,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return sessionEnds.start({choice, request}, std::move(onDone));
    }
};

} // namespace pilothouse::test
