// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/access/Account.h"
#include "shared/client/Call.h"
#include "shared/plans/Plan.h"

#include <string>
#include <vector>

namespace pilothouse::client {

/// pilothouse.v1.AccessAdminService: operators, roles and sessions of all. Thread-safe.
///
/// Methods that take a plans::Request are planned actions: with planOnly() they answer the plan and
/// change nothing, with confirmed() they act and answer the plan that was executed.
class AccessAdminClient
{
public:
    virtual ~AccessAdminClient() = default;

    /// All pages, up to `limit`. `search`: part of the name or display name.
    virtual CallPtr listOperators(
        const std::string& search, int limit, OnDone<std::vector<access::Account>> onDone) = 0;
    virtual CallPtr getOperator(const std::string& name, OnDone<access::Account> onDone) = 0;
    /// The password may be empty with planOnly().
    virtual CallPtr createOperator(
        const access::Operator& who,
        const std::string& password,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) = 0;
    /// Sets roles and display name. An empty etag overwrites whatever is there.
    virtual CallPtr updateOperator(
        const access::Operator& who,
        const std::string& etag,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) = 0;
    virtual CallPtr disableOperator(
        const std::string& name, const plans::Request& request, OnDone<plans::Plan> onDone) = 0;
    virtual CallPtr enableOperator(
        const std::string& name, const plans::Request& request, OnDone<plans::Plan> onDone) = 0;
    virtual CallPtr deleteOperator(
        const std::string& name, const plans::Request& request, OnDone<plans::Plan> onDone) = 0;
    virtual CallPtr resetPassword(
        const std::string& name,
        const std::string& password,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) = 0;
    virtual CallPtr unlockOperator(
        const std::string& name, const plans::Request& request, OnDone<plans::Plan> onDone) = 0;

    virtual CallPtr listRoles(OnDone<std::vector<access::Role>> onDone) = 0;
    virtual CallPtr getRole(const std::string& name, OnDone<access::Role> onDone) = 0;
    virtual CallPtr createRole(
        const access::Role& role, const plans::Request& request, OnDone<plans::Plan> onDone) = 0;
    /// Sets description and permissions; `role.etag` as for updateOperator.
    virtual CallPtr updateRole(
        const access::Role& role, const plans::Request& request, OnDone<plans::Plan> onDone) = 0;
    virtual CallPtr deleteRole(
        const std::string& name, const plans::Request& request, OnDone<plans::Plan> onDone) = 0;
    virtual CallPtr listPermissions(OnDone<std::vector<access::Permission>> onDone) = 0;

    /// Sessions and tokens, newest first; of one operator or (empty) of all, up to `limit`.
    virtual CallPtr listAllSessions(
        const std::string& operatorName,
        int limit,
        OnDone<std::vector<access::OperatorSession>> onDone) = 0;
    virtual CallPtr endSessions(
        const access::SessionChoice& choice,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) = 0;
};

} // namespace pilothouse::client
