// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/http/Router.h"
#include "server/platform/rpc/Caller.h"
#include "server/platform/rpc/MethodTable.h"
#include "server/platform/rpc/TokenBucket.h"
#include "server/services/Registrations.h"
#include "server/services/Registry.h"
#include "server/services/RegistryFeed.h"
#include "shared/base/Clock.h"

#include <functional>
#include <string>

namespace pilothouse::services {

/// The registry for programs that speak HTTP and no gRPC, in the contract's JSON:
///
///     PUT  /v1/services/{service}/instances/{id}              register; the body is its
///     InstanceSpec POST /v1/services/{service}/instances/{id}/heartbeat POST
///     /v1/services/{service}/instances/{id}/deregister GET  /v1/services ?after=NAME GET
///     /v1/services/{service}                             ?after=ID GET
///     /v1/services/{service}/resolve                     ?strategy= colour= version= tenant=
///                                                              limit= exclude=
///
/// Who changes something shows an operator's token, on loopback too; who reads is let in as on the
/// rest of the HTTP side.
class RegistryHttp
{
public:
    struct Parts
    {
        Registry& registry;
        Registrations& registrations;
        RegistryFeed& feed;
        rpc::Authenticator& authenticator;
        const rpc::MethodTable& methods;
        const audit::AuditLog& audit;
        const Clock& clock;
        platform::Executor& db;
        Strategy strategy;
    };

    /// All of it and this must outlive the router's last request.
    explicit RegistryHttp(const Parts& parts);

    void addTo(platform::Router& router);

private:
    using Request = platform::HttpRequest;
    using Respond = platform::HttpRespond;
    using Admitted = std::function<void(const audit::Actor&)>;

    void enroll(const Request& request, const Respond& respond);
    void heartbeat(const Request& request, const Respond& respond);
    void deregister(const Request& request, const Respond& respond);
    void services(const Request& request, const Respond& respond) const;
    void instances(const Request& request, const Respond& respond) const;
    void resolve(const Request& request, const Respond& respond) const;

    /// Calls `admitted` when the request's token may what the contract's method needs, else answers
    /// why not.
    void admit(
        const Request& request, const char* method, const Respond& respond, Admitted admitted);
    void check(
        const rpc::MethodTable::Rule& rule,
        const absl::StatusOr<rpc::CallerPtr>& caller,
        const Respond& respond,
        const Admitted& admitted);
    void recordDenial(const audit::Actor& actor, const std::string& action, std::string message);
    void onDb(const Respond& respond, std::function<platform::HttpResponse()> work);

    const Parts m_parts;
    rpc::TokenBucket m_denials;
};

} // namespace pilothouse::services
