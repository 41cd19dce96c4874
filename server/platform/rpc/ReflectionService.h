// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <reflection.grpc.pb.h>

#include <string>
#include <vector>

namespace pilothouse::rpc {

/// The standard reflection service, so that grpcurl and the like know the contract. Open to
/// everyone who can connect: the contract is public. gRPC's own one needs threads of the
/// synchronous API; this needs none.
class ReflectionService final : public grpc::reflection::v1alpha::ServerReflection::CallbackService
{
public:
    void setServices(std::vector<std::string> names) { m_services = std::move(names); }

    grpc::ServerBidiReactor<
        grpc::reflection::v1alpha::ServerReflectionRequest,
        grpc::reflection::v1alpha::ServerReflectionResponse>*
    ServerReflectionInfo(grpc::CallbackServerContext* context) override;

private:
    std::vector<std::string> m_services;
};

} // namespace pilothouse::rpc
