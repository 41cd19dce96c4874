// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/services/RegistryProbe.h"

namespace pilothouse::test {

RegistryProbe::RegistryProbe(std::shared_ptr<grpc::Channel> channel, std::string token)
    : m_stub(v1::RegistryService::NewStub(std::move(channel))), m_token(std::move(token))
{}

v1::InstanceSpec RegistryProbe::spec(
    const std::string& service, const std::string& id, const std::string& address)
{
    v1::InstanceSpec spec;
    spec.set_service(service);
    spec.set_id(id);
    spec.set_address(address);
    return spec;
}

ApiReply<v1::RegisterInstanceResponse> RegistryProbe::enroll(const v1::InstanceSpec& spec)
{
    v1::RegisterInstanceRequest request;
    *request.mutable_spec() = spec;
    return call(&Stub::RegisterInstance, request);
}

std::string RegistryProbe::enrolled(const v1::InstanceSpec& spec)
{
    return enroll(spec).value.registration();
}

absl::Status RegistryProbe::beat(
    const std::string& service, const std::string& id, const std::string& registration)
{
    v1::HeartbeatRequest request;
    request.set_service(service);
    request.set_id(id);
    request.set_registration(registration);
    return call(&Stub::Heartbeat, request).status;
}

v1::Instance RegistryProbe::instance(const std::string& service, const std::string& id)
{
    v1::GetInstanceRequest request;
    request.set_service(service);
    request.set_id(id);
    return call(&Stub::GetInstance, request).value.instance();
}

v1::InstanceState RegistryProbe::state(const std::string& service, const std::string& id)
{
    return instance(service, id).state();
}

std::string RegistryProbe::resolved(const std::string& service, v1::BalancingStrategy strategy)
{
    v1::ResolveRequest request;
    request.set_service(service);
    request.set_strategy(strategy);
    const auto reply = call(&Stub::Resolve, request);
    return reply.value.instances().empty() ? std::string() : reply.value.instances(0).id();
}

} // namespace pilothouse::test
