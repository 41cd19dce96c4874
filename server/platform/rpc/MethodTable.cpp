// SPDX-License-Identifier: Apache-2.0
#include "server/platform/rpc/MethodTable.h"

#include "shared/access/Permissions.h"

#include <pilothouse/v1/access.pb.h>
#include <pilothouse/v1/audit.pb.h>
#include <pilothouse/v1/jobs.pb.h>
#include <pilothouse/v1/metrics.pb.h>
#include <pilothouse/v1/options.pb.h>
#include <pilothouse/v1/plans.pb.h>
#include <pilothouse/v1/rollouts.pb.h>
#include <pilothouse/v1/scaling.pb.h>
#include <pilothouse/v1/services.pb.h>
#include <pilothouse/v1/system.pb.h>

namespace pilothouse::rpc {

MethodTable::MethodTable(const std::vector<const google::protobuf::ServiceDescriptor*>& services)
{
    for (const auto* service : services) {
        for (int index = 0; index < service->method_count(); ++index) {
            const auto* method = service->method(index);
            const std::string& permission = method->options().GetExtension(v1::permission);
            Rule rule;
            rule.permission = permission;
            rule.audit = method->options().GetExtension(v1::audit);
            if (permission == access::kPublic) {
                rule.access = Access::Public;
            } else if (permission == access::kSession) {
                rule.access = Access::Session;
            } else if (const auto bit = m_bits.try_emplace(permission, m_bits.size()).first->second;
                       !permission.empty() && bit < PermissionSet{}.size()) {
                rule.access = Access::Permission;
                rule.bit = bit;
            }
            m_rules.emplace(method->full_name(), rule);
        }
    }
}

MethodTable::Rule MethodTable::ruleOf(const std::string& fullName) const
{
    const auto found = m_rules.find(fullName);
    return found == m_rules.end() ? Rule{} : found->second;
}

PermissionSet MethodTable::grantedBy(const std::vector<std::string>& patterns) const
{
    PermissionSet set;
    for (const auto& [permission, bit] : m_bits) {
        if (bit < set.size() && access::anyGrants(patterns, permission)) {
            set.set(bit);
        }
    }
    return set;
}

PermissionSet MethodTable::permissionsOf(const std::vector<std::string>& roles) const
{
    return grantedBy(access::patternsOf(roles));
}

std::vector<std::string> MethodTable::namesOf(const PermissionSet& permissions) const
{
    std::vector<std::string> names;
    for (const auto& [permission, bit] : m_bits) {
        if (bit < permissions.size() && permissions.test(bit)) {
            names.push_back(permission);
        }
    }
    return names;
}

std::map<std::string, std::vector<std::string>> MethodTable::permissions() const
{
    constexpr std::string_view kPackage = "pilothouse.v1.";
    std::map<std::string, std::vector<std::string>> all;
    for (const auto& [method, rule] : m_rules) {
        if (rule.access == Access::Permission) {
            all[rule.permission].push_back(
                method.starts_with(kPackage) ? method.substr(kPackage.size()) : method);
        }
    }
    return all;
}

std::vector<const google::protobuf::ServiceDescriptor*> contractServices()
{
    std::vector<const google::protobuf::ServiceDescriptor*> services;
    for (const auto* file :
         {v1::GetHealthRequest::descriptor()->file(),
          v1::SignInRequest::descriptor()->file(),
          v1::TakeLeaseRequest::descriptor()->file(),
          v1::QueryRequest::descriptor()->file(),
          v1::CreateJobRequest::descriptor()->file(),
          v1::ListEntriesRequest::descriptor()->file(),
          v1::StartRolloutRequest::descriptor()->file(),
          v1::RegisterInstanceRequest::descriptor()->file(),
          v1::ListPoliciesRequest::descriptor()->file()}) {
        for (int index = 0; index < file->service_count(); ++index) {
            services.push_back(file->service(index));
        }
    }
    return services;
}

} // namespace pilothouse::rpc
