// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/access/OperatorStore.h"
#include "server/plans/Draft.h"
#include "shared/access/Account.h"

#include <string>
#include <vector>

// What the actions of the access capability do, reach and looked at, as drafts of plans. Pure. What
// gives the power to give power (isPower) is hard to undo and concerns the whole environment: by
// the time somebody looks, it may have been used.
namespace pilothouse::access {

/// An operator with what it may do, by name.
struct Powers
{
    Account account;
    std::vector<std::string> permissions;
};

plans::Draft draftOfCreation(const Powers& wanted);
plans::Draft draftOfUpdate(const Powers& before, const Powers& after);
plans::Draft draftOfDisabling(const Powers& who);
plans::Draft draftOfEnabling(const Powers& who);
plans::Draft draftOfDeletion(const Powers& who);
plans::Draft draftOfPasswordReset(const Powers& who);
plans::Draft draftOfUnlocking(const Powers& who);

/// A role with what it grants and who has it.
struct RoleReach
{
    Role role;
    std::vector<std::string> permissions;
    std::vector<std::string> holders;
};

plans::Draft draftOfRoleCreation(const RoleReach& wanted);
plans::Draft draftOfRoleUpdate(const RoleReach& before, const RoleReach& after);
plans::Draft draftOfRoleDeletion(const RoleReach& role);

plans::Draft draftOfSessionEnd(const OperatorSession& session);
plans::Draft draftOfSessionsEnd(
    const SessionChoice& choice, const OperatorStore::SessionCount& count);

} // namespace pilothouse::access
