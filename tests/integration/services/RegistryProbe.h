// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/api/ApiClient.h"

#include <pilothouse/v1/services.grpc.pb.h>

#include <memory>
#include <string>

namespace pilothouse::test {

/// One caller's hands on the registry of a server.
class RegistryProbe
{
public:
    using Stub = v1::RegistryService::Stub;

    explicit RegistryProbe(std::shared_ptr<grpc::Channel> channel, std::string token = {});

    template <typename Method, typename Request>
    auto call(Method method, const Request& request)
    {
        return test::call(*m_stub, method, request, m_token);
    }
    Stub& stub() { return *m_stub; }

    static v1::InstanceSpec spec(
        const std::string& service, const std::string& id, const std::string& address);
    ApiReply<v1::RegisterInstanceResponse> enroll(const v1::InstanceSpec& spec);
    /// Its registration; "" when it was refused.
    std::string enrolled(const v1::InstanceSpec& spec);
    absl::Status beat(
        const std::string& service, const std::string& id, const std::string& registration);
    /// Unspecified when there is no such instance.
    v1::InstanceState state(const std::string& service, const std::string& id);
    v1::Instance instance(const std::string& service, const std::string& id);
    /// "" when nobody could take the call.
    std::string resolved(
        const std::string& service,
        v1::BalancingStrategy strategy = v1::BALANCING_STRATEGY_UNSPECIFIED);

private:
    std::unique_ptr<Stub> m_stub;
    std::string m_token;
};

} // namespace pilothouse::test
