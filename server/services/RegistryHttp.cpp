// SPDX-License-Identifier: Apache-2.0
#include "server/services/RegistryHttp.h"

#include "server/services/RegistryCalls.h"
#include "server/services/RegistryJson.h"
#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/JsonProto.h"
#include "shared/services/SpecRules.h"
#include "shared/services/proto/ServicesProto.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <utility>

namespace pilothouse::services {

namespace {

constexpr const char* kJson = "application/json";
constexpr std::string_view kBearer = "Bearer ";
constexpr std::size_t kPage = 1000;
constexpr absl::Duration kLimit = absl::Seconds(10);
/// As many as of calls over gRPC: a loop that is refused need not be seen a thousand times.
constexpr double kDenialsPerSecond = 20;
constexpr double kDenialsAtOnce = 200;
constexpr const char* kRegister = "pilothouse.v1.RegistryService.RegisterInstance";
constexpr const char* kHeartbeat = "pilothouse.v1.RegistryService.Heartbeat";
constexpr const char* kDeregister = "pilothouse.v1.RegistryService.DeregisterInstance";

platform::HttpResponse answerOf(
    const absl::Status& status, const google::protobuf::Message& message)
{
    return status.ok()
               ? platform::HttpResponse{200, kJson, toJson(message) + "\n"}
               : platform::HttpResponse{httpStatusOf(status), kJson, errorJson(status) + "\n"};
}

platform::HttpResponse refusalOf(const absl::Status& status)
{
    return {httpStatusOf(status), kJson, errorJson(status) + "\n"};
}

InstanceKey keyOf(const platform::HttpRequest& request)
{
    return {std::string(request.parameter("{service}")), std::string(request.parameter("{id}"))};
}

} // namespace

RegistryHttp::RegistryHttp(const Parts& parts)
    : m_parts(parts), m_denials(kDenialsPerSecond, kDenialsAtOnce)
{}

void RegistryHttp::addTo(platform::Router& router)
{
    const auto add = [&](const char* method, const char* path, auto handler) {
        router.add(method, path, [this, handler](const Request& request, const Respond& respond) {
            (this->*handler)(request, respond);
        });
    };
    add("PUT", "/v1/services/{service}/instances/{id}", &RegistryHttp::enroll);
    add("POST", "/v1/services/{service}/instances/{id}/heartbeat", &RegistryHttp::heartbeat);
    add("POST", "/v1/services/{service}/instances/{id}/deregister", &RegistryHttp::deregister);
    add("GET", "/v1/services", &RegistryHttp::services);
    add("GET", "/v1/services/{service}", &RegistryHttp::instances);
    add("GET", "/v1/services/{service}/resolve", &RegistryHttp::resolve);
}

void RegistryHttp::admit(
    const Request& request, const char* method, const Respond& respond, Admitted admitted)
{
    const rpc::MethodTable::Rule rule = m_parts.methods.ruleOf(method);
    const std::string_view header = request.authorization;
    if (!header.starts_with(kBearer)) {
        respond(refusalOf(withHint(
            absl::UnauthenticatedError("this needs an operator's token"),
            "Send it as 'Authorization: Bearer'; make one with 'pilothousectl tokens create'.")));
        return;
    }
    const std::string token(header.substr(kBearer.size()));
    auto found = m_parts.authenticator.find(token);
    if (found.ok() && *found == nullptr) {
        m_parts.authenticator.look(
            token,
            [this, rule, respond, admitted = std::move(admitted)](
                const absl::StatusOr<rpc::CallerPtr>& caller) {
                check(rule, caller, respond, admitted);
            });
        return;
    }
    check(rule, found, respond, admitted);
}

void RegistryHttp::check(
    const rpc::MethodTable::Rule& rule,
    const absl::StatusOr<rpc::CallerPtr>& found,
    const Respond& respond,
    const Admitted& admitted)
{
    if (!found.ok() || *found == nullptr) {
        respond(refusalOf(
            found.ok() ? absl::UnauthenticatedError("the token opens nothing") : found.status()));
        return;
    }
    const rpc::Caller& caller = **found;
    const audit::Actor actor{caller.identity.who.name, caller.identity.who.roles, "HTTP", {}, {}};
    if (rule.access != rpc::MethodTable::Access::Permission || !caller.permissions.test(rule.bit)) {
        const absl::Status denied = withHint(
            absl::PermissionDeniedError(fmt::format(
                "{} may not do this: it needs the permission {}", actor.name, rule.permission)),
            "Ask an administrator for a role that has it.");
        recordDenial(
            actor,
            rule.audit.empty() ? rule.permission : rule.audit,
            std::string(denied.message()));
        respond(refusalOf(denied));
        return;
    }
    if (caller.rateLimit != nullptr &&
        caller.rateLimit->take(m_parts.clock.monotonic()) > absl::ZeroDuration()) {
        respond(refusalOf(withHint(
            absl::ResourceExhaustedError("too many calls a second"),
            "Slow down, or raise grpc.operator_rate.")));
        return;
    }
    admitted(actor);
}

void RegistryHttp::recordDenial(
    const audit::Actor& actor, const std::string& action, std::string message)
{
    if (m_denials.take(m_parts.clock.monotonic()) > absl::ZeroDuration()) {
        return;
    }
    audit::Entry entry;
    entry.actor = actor;
    entry.action = action;
    entry.outcome = audit::Outcome::Denied;
    entry.message = std::move(message);
    m_parts.db
        .submit([this, entry = std::move(entry)] {
            m_parts.audit.record(entry, m_parts.clock.now() + kLimit).IgnoreError();
        })
        .IgnoreError(); // a full executor keeps no refusals
}

void RegistryHttp::onDb(const Respond& respond, std::function<platform::HttpResponse()> work)
{
    const absl::Status submitted =
        m_parts.db.submit([respond, work = std::move(work)] { respond(work()); });
    if (!submitted.ok()) {
        respond(refusalOf(submitted));
    }
}

void RegistryHttp::enroll(const Request& request, const Respond& respond)
{
    v1::RegisterInstanceRequest message;
    if (const absl::Status status = parseBody(request.body, *message.mutable_spec());
        !status.ok()) {
        respond(refusalOf(status));
        return;
    }
    const InstanceKey key = keyOf(request);
    message.mutable_spec()->set_service(key.service);
    message.mutable_spec()->set_id(key.id);
    admit(request, kRegister, respond, [this, message, respond](const audit::Actor& actor) {
        onDb(respond, [this, message, actor] {
            v1::RegisterInstanceResponse response;
            const absl::Status status = answerRegister(
                m_parts.registrations,
                m_parts.feed,
                message,
                actor,
                m_parts.clock.now() + kLimit,
                response);
            return answerOf(status, response);
        });
    });
}

void RegistryHttp::heartbeat(const Request& request, const Respond& respond)
{
    v1::HeartbeatRequest message;
    if (const absl::Status status = parseBody(request.body, message); !status.ok()) {
        respond(refusalOf(status));
        return;
    }
    const InstanceKey key = keyOf(request);
    message.set_service(key.service);
    message.set_id(key.id);
    admit(request, kHeartbeat, respond, [this, message, respond](const audit::Actor&) {
        v1::HeartbeatResponse response;
        const absl::Status status = answerHeartbeat(m_parts.registry, message, response);
        respond(answerOf(status, response));
    });
}

void RegistryHttp::deregister(const Request& request, const Respond& respond)
{
    v1::DeregisterInstanceRequest message;
    if (const absl::Status status = parseBody(request.body, message); !status.ok()) {
        respond(refusalOf(status));
        return;
    }
    admit(
        request,
        kDeregister,
        respond,
        [this, key = keyOf(request), registration = message.registration(), respond](
            const audit::Actor& actor) {
            onDb(respond, [this, key, registration, actor] {
                const absl::Status status = m_parts.registrations.leave(
                    key, registration, actor, m_parts.clock.now() + kLimit);
                return answerOf(status, v1::DeregisterInstanceResponse());
            });
        });
}

void RegistryHttp::services(const Request& request, const Respond& respond) const
{
    v1::ListServicesResponse response;
    for (const ServiceSummary& service :
         m_parts.feed.services(std::string(request.parameter("after")), kPage)) {
        *response.add_services() = toProto(service);
    }
    respond(answerOf(absl::OkStatus(), response));
}

void RegistryHttp::instances(const Request& request, const Respond& respond) const
{
    v1::ListInstancesResponse response;
    const std::string service(request.parameter("{service}"));
    absl::Status status = checkServiceName(service);
    if (status.ok()) {
        const std::string after(request.parameter("after"));
        for (const auto& instance : m_parts.feed.list(service, {service, after}, kPage)) {
            *response.add_instances() = toProto(*instance);
        }
        if (response.instances().empty() && after.empty()) {
            status = absl::NotFoundError(fmt::format("there is no service '{}'", service));
        }
    }
    respond(answerOf(status, response));
}

void RegistryHttp::resolve(const Request& request, const Respond& respond) const
{
    v1::ResolveRequest message;
    message.set_service(std::string(request.parameter("{service}")));
    message.set_colour(std::string(request.parameter("colour")));
    message.set_version(std::string(request.parameter("version")));
    message.set_tenant(std::string(request.parameter("tenant")));
    for (const std::string& id : request.parametersNamed("exclude")) {
        message.add_exclude_ids(id);
    }
    absl::Status status;
    int limit = 0;
    if (const auto text = request.parameter("limit");
        !text.empty() && !absl::SimpleAtoi(std::string(text), &limit)) {
        status = absl::InvalidArgumentError("limit: expected a number");
    }
    message.set_limit(limit);
    if (const auto name = request.parameter("strategy"); !name.empty()) {
        const auto strategy = strategyOf(name);
        if (strategy) {
            message.set_strategy(toProto(*strategy));
        } else {
            status = absl::InvalidArgumentError(
                "strategy: expected round-robin, least-connections, weighted-response-time, "
                "health-aware or power-of-two");
        }
    }
    v1::ResolveResponse response;
    if (status.ok()) {
        status = answerResolve(m_parts.registry, m_parts.strategy, message, response);
    }
    respond(answerOf(status, response));
}

} // namespace pilothouse::services
