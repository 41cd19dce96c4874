// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/api_status/StatusCodec.h"
#include "tests/support/TestServer.h"

#include <grpcpp/grpcpp.h>
#include <pilothouse/v1/access.grpc.pb.h>
#include <pilothouse/v1/audit.grpc.pb.h>
#include <pilothouse/v1/system.grpc.pb.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace pilothouse::test {

/// The server's unix socket: an administrator.
std::shared_ptr<grpc::Channel> socketChannel(const TestServer& server);
/// The server's TLS endpoint, believing its own private CA, or `caPem` when given.
std::shared_ptr<grpc::Channel> tlsChannel(const TestServer& server, const std::string& caPem = {});

/// Metadata, deadline and answer of one blocking call.
struct ApiCall
{
    explicit ApiCall(const std::string& token = {}, int deadlineMs = 20000)
    {
        context.set_deadline(
            std::chrono::system_clock::now() + std::chrono::milliseconds(deadlineMs));
        if (!token.empty()) {
            context.AddMetadata("authorization", "Bearer " + token);
        }
    }
    grpc::ClientContext context;
};

template <typename Response>
struct ApiReply
{
    absl::Status status;
    Response value;
};

/// call(stub, &SystemService::Stub::GetHealth, GetHealthRequest(), token)
template <typename Stub, typename Class, typename Request, typename Response>
ApiReply<Response> call(
    Stub& stub,
    grpc::Status (Class::*method)(grpc::ClientContext*, const Request&, Response*),
    const Request& request,
    const std::string& token = {})
{
    ApiCall context(token);
    ApiReply<Response> reply;
    const grpc::Status status = (stub.*method)(&context.context, request, &reply.value);
    reply.status = api::fromGrpcStatus(status);
    return reply;
}

/// Stubs of one channel, and the calls that tests make most.
class ApiClient
{
public:
    explicit ApiClient(std::shared_ptr<grpc::Channel> channel);

    v1::SystemService::Stub& system() { return *m_system; }
    v1::AccessService::Stub& access() { return *m_access; }
    v1::AuditService::Stub& audit() { return *m_audit; }
    const std::shared_ptr<grpc::Channel>& channel() const { return m_channel; }

    ApiReply<v1::SignInResponse> signIn(const std::string& name, const std::string& password);
    ApiReply<v1::WhoAmIResponse> whoAmI(const std::string& token = {});
    ApiReply<v1::GetHealthResponse> health(const std::string& token = {});
    /// State of one component: "healthy", …; "" when there is none or the call failed.
    std::string componentState(const std::string& component, const std::string& token = {});

private:
    std::shared_ptr<grpc::Channel> m_channel;
    std::unique_ptr<v1::SystemService::Stub> m_system;
    std::unique_ptr<v1::AccessService::Stub> m_access;
    std::unique_ptr<v1::AuditService::Stub> m_audit;
};

/// The administrator "admin" with kPassword, made by `pilothoused init`; false when that failed.
inline constexpr const char* kPassword = "correct horse battery";
bool makeAdministrator(const TestServer& server);

} // namespace pilothouse::test
