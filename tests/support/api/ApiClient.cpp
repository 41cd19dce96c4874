// SPDX-License-Identifier: Apache-2.0
#include "tests/support/api/ApiClient.h"

#include "tests/support/Programs.h"

#include <QFile>

namespace pilothouse::test {

namespace {

/// Every channel with connections of its own: gRPC would share them between equal channels.
grpc::ChannelArguments ownConnections()
{
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
    return arguments;
}

std::string stateName(v1::HealthState state)
{
    switch (state) {
    case v1::HEALTH_STATE_HEALTHY:
        return "healthy";
    case v1::HEALTH_STATE_DEGRADED:
        return "degraded";
    case v1::HEALTH_STATE_UNHEALTHY:
        return "unhealthy";
    case v1::HEALTH_STATE_ABSENT:
        return "absent";
    default:
        return "unspecified";
    }
}

} // namespace

std::shared_ptr<grpc::Channel> socketChannel(const TestServer& server)
{
    return grpc::CreateCustomChannel(
        server.socketAddress().toStdString(), grpc::InsecureChannelCredentials(), ownConnections());
}

std::shared_ptr<grpc::Channel> tlsChannel(const TestServer& server, const std::string& caPem)
{
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = caPem;
    if (caPem.empty()) {
        QFile file(server.dataDir() + QStringLiteral("/tls/ca.pem"));
        if (file.open(QIODevice::ReadOnly)) {
            options.pem_root_certs = file.readAll().toStdString();
        }
    }
    return grpc::CreateCustomChannel(
        server.grpcAddress().toStdString(), grpc::SslCredentials(options), ownConnections());
}

ApiClient::ApiClient(std::shared_ptr<grpc::Channel> channel)
    : m_channel(std::move(channel)),
      m_system(v1::SystemService::NewStub(m_channel)),
      m_access(v1::AccessService::NewStub(m_channel)),
      m_audit(v1::AuditService::NewStub(m_channel))
{}

ApiReply<v1::SignInResponse> ApiClient::signIn(const std::string& name, const std::string& password)
{
    v1::SignInRequest request;
    request.set_name(name);
    request.set_password(password);
    request.set_client("a test");
    return call(access(), &v1::AccessService::Stub::SignIn, request);
}

ApiReply<v1::WhoAmIResponse> ApiClient::whoAmI(const std::string& token)
{
    return call(access(), &v1::AccessService::Stub::WhoAmI, v1::WhoAmIRequest(), token);
}

ApiReply<v1::GetHealthResponse> ApiClient::health(const std::string& token)
{
    return call(system(), &v1::SystemService::Stub::GetHealth, v1::GetHealthRequest(), token);
}

std::string ApiClient::componentState(const std::string& component, const std::string& token)
{
    const auto reply = health(token);
    for (const auto& row : reply.value.health().components()) {
        if (row.name() == component) {
            return stateName(row.state());
        }
    }
    return {};
}

bool makeAdministrator(const TestServer& server)
{
    const QString path = server.folder() + QStringLiteral("/password");
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(kPassword) < 0) {
        return false;
    }
    file.close();
    return runProgram(
               QStringLiteral("pilothoused"),
               {QStringLiteral("init"),
                QStringLiteral("--data-dir"),
                server.dataDir(),
                QStringLiteral("--password-file"),
                path})
               .exitCode == 0;
}

} // namespace pilothouse::test
