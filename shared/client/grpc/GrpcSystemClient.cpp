// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/GrpcSystemClient.h"

#include "shared/client/grpc/ClientCall.h"
#include "shared/client/grpc/StreamCall.h"
#include "shared/system/proto/SystemProto.h"

namespace pilothouse::client {

namespace {

using Async = v1::SystemService::StubInterface::async_interface;

} // namespace

CallPtr GrpcSystemClient::getServerInfo(OnDone<system::ServerInfo> onDone)
{
    return callUnary<v1::GetServerInfoRequest, v1::GetServerInfoResponse>(
        m_link,
        {.isIdempotent = true, .needsSession = false, .timeout = m_link->callTimeout()},
        {},
        invoking(&Link::Stubs::system, &Async::GetServerInfo),
        std::move(onDone),
        [](const v1::GetServerInfoResponse& response) { return system::fromProto(response); });
}

CallPtr GrpcSystemClient::getHealth(OnDone<system::Health> onDone)
{
    return callUnary<v1::GetHealthRequest, v1::GetHealthResponse>(
        m_link,
        read(*m_link),
        {},
        invoking(&Link::Stubs::system, &Async::GetHealth),
        std::move(onDone),
        [](const v1::GetHealthResponse& response) { return system::fromProto(response.health()); });
}

CallPtr GrpcSystemClient::watchHealth(OnMessage<system::Health> onMessage, OnEnd onEnd)
{
    return StreamCall<v1::WatchHealthRequest, v1::WatchHealthResponse>::start(
        m_link,
        {},
        opening(&Link::Stubs::system, &Async::WatchHealth),
        [receive = std::move(onMessage)](
            v1::WatchHealthResponse& response, v1::WatchHealthRequest& /*request*/) {
            receive(system::fromProto(response.health()));
        },
        std::move(onEnd));
}

CallPtr GrpcSystemClient::listResources(OnDone<system::Resources> onDone)
{
    return callUnary<v1::ListResourcesRequest, v1::ListResourcesResponse>(
        m_link,
        read(*m_link),
        {},
        invoking(&Link::Stubs::system, &Async::ListResources),
        std::move(onDone),
        [](const v1::ListResourcesResponse& response) { return system::fromProto(response); });
}

} // namespace pilothouse::client
