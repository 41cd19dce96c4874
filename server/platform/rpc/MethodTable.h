// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/descriptor.h>

#include <bitset>
#include <map>
#include <string>
#include <vector>

namespace pilothouse::rpc {

/// One bit for each permission that any method names.
using PermissionSet = std::bitset<256>;

/// Permissions as the contract states them, numbered once at the start so that a check is one bit
/// test.
class MethodTable
{
public:
    enum class Access { Refused, Public, Session, Permission };

    struct Rule
    {
        /// Refused: the contract does not say, so nobody may.
        Access access = Access::Refused;
        std::string permission;
        std::size_t bit = 0;
        /// Action under which calls are audited; "" for a method that only reads.
        std::string audit;
    };

    /// Reads every service of the files given by the generated code under "pilothouse.v1".
    explicit MethodTable(const std::vector<const google::protobuf::ServiceDescriptor*>& services);

    /// `fullName` as protobuf writes it: "pilothouse.v1.SystemService.GetHealth".
    Rule ruleOf(const std::string& fullName) const;
    /// What patterns ("metrics.*", "*.view") grant.
    PermissionSet grantedBy(const std::vector<std::string>& patterns) const;
    /// What built-in roles grant.
    PermissionSet permissionsOf(const std::vector<std::string>& roles) const;
    /// By name, sorted.
    std::vector<std::string> namesOf(const PermissionSet& permissions) const;
    /// Every permission with the methods that need it, "AccessService.SignIn".
    std::map<std::string, std::vector<std::string>> permissions() const;

private:
    std::map<std::string, Rule> m_rules;
    std::map<std::string, std::size_t> m_bits;
};

/// Every service of the contract that is linked into this program.
std::vector<const google::protobuf::ServiceDescriptor*> contractServices();

} // namespace pilothouse::rpc
