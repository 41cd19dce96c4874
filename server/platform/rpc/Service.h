// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/executor/Executor.h"
#include "server/platform/log/RequestScope.h"
#include "server/platform/rpc/Guard.h"
#include "server/platform/rpc/Stream.h"
#include "shared/base/StatusHelpers.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace pilothouse::rpc {

/// Base of every service of the contract. A service registers its methods in its constructor:
///
///     unary("GetHealth", &SystemService::getHealth);              // answers at once, never blocks
///     unaryOn(db, "SignIn", &AccessService::signIn);              // runs on an executor, may
///     block unaryLater("Query", &MetricsService::query);                // answers through `done`
///     whenever watch("WatchHealth", &SystemService::watchHealth);          // server stream
///
/// and each is reached only through the guard: a handler never sees a call without identity,
/// permission and allowance, and says what went wrong as absl::Status. The server refuses to start
/// when a method of the contract is not registered.
class Service : public grpc::Service
{
public:
    /// "pilothouse.v1.SystemService"
    const std::string& name() const { return m_descriptor->full_name(); }
    /// Methods of the contract that nothing answers; empty when the service is whole.
    std::vector<std::string> missingMethods() const;

    template <typename Request, typename Response>
    using Handler = std::function<absl::Status(const Call&, const Request&, Response&)>;

    /// Finishes a call, exactly once, from any thread.
    using Done = std::function<void(absl::Status)>;

protected:
    /// `descriptor` as the generated code has it:
    /// `v1::GetHealthRequest::descriptor()->file()->service(0)`.
    Service(Guard& guard, const google::protobuf::ServiceDescriptor* descriptor);

    template <typename Self, typename Request, typename Response>
    void unary(
        const char* name, absl::Status (Self::*handler)(const Call&, const Request&, Response&))
    {
        addUnary<Request, Response>(
            name,
            [self = static_cast<Self*>(this), handler](
                const Call& call, const Request& request, Response& response, const Done& done) {
                done((self->*handler)(call, request, response));
            });
    }

    /// Refused with RESOURCE_EXHAUSTED when the executor is full; skipped when the caller has gone
    /// meanwhile.
    template <typename Self, typename Request, typename Response>
    void unaryOn(
        platform::Executor& executor,
        const char* name,
        absl::Status (Self::*handler)(const Call&, const Request&, Response&))
    {
        addUnary<Request, Response>(
            name,
            [self = static_cast<Self*>(this), handler, &executor](
                const Call& call, const Request& request, Response& response, const Done& done) {
                submit(executor, done, [self, handler, call, &request, &response] {
                    const platform::RequestScope scope(call.requestId(), call.traceId());
                    return call.isCancelled() ? absl::CancelledError("the caller has gone")
                                              : (self->*handler)(call, request, response);
                });
            });
    }

    /// `request` and `response` live until `done` is called.
    template <typename Self, typename Request, typename Response>
    void unaryLater(
        const char* name, void (Self::*handler)(const Call&, const Request&, Response&, Done))
    {
        addUnary<Request, Response>(
            name,
            [self = static_cast<Self*>(this), handler](
                const Call& call, const Request& request, Response& response, const Done& done) {
                (self->*handler)(call, request, response, done);
            });
    }

    /// `open` checks the request and makes what the stream sends; the waker may be kept for as long
    /// as wanted.
    template <typename Self, typename Request, typename Response>
    void watch(
        const char* name,
        absl::StatusOr<std::unique_ptr<Source<Response>>> (Self::*open)(
            const Call&, const Request&, Waker))
    {
        const Method& method =
            add(name,
                grpc::internal::RpcMethod::SERVER_STREAMING,
                Request::descriptor(),
                Response::descriptor());
        setHandler(new grpc::internal::CallbackServerStreamingHandler<Request, Response>(
            [this, &method, self = static_cast<Self*>(this), open](
                grpc::CallbackServerContext* context, const Request* request) {
                return startStream<Response>(
                    m_guard,
                    m_guard.begin(*context, method),
                    [self, open, request](const Call& call, Waker waker) {
                        return (self->*open)(call, *request, std::move(waker));
                    });
            }));
    }

private:
    template <typename Request, typename Response>
    using Start = std::function<void(const Call&, const Request&, Response&, const Done&)>;

    /// A dry run changes nothing: for the audit it counts as recorded.
    template <typename Request>
    static void noteDryRun(const Call& call, const Request& request)
    {
        if constexpr (requires { request.validate_only(); }) {
            if (call.receipt() != nullptr && request.validate_only()) {
                call.receipt()->success.store(true);
            }
        }
    }

    template <typename Request, typename Response>
    void addUnary(const char* name, Start<Request, Response> start)
    {
        const Method& method =
            add(name,
                grpc::internal::RpcMethod::NORMAL_RPC,
                Request::descriptor(),
                Response::descriptor());
        setHandler(new grpc::internal::CallbackUnaryHandler<Request, Response>(
            [this, &method, start = std::move(start)](
                grpc::CallbackServerContext* context, const Request* request, Response* response) {
                return runUnary(
                    *context,
                    method,
                    [&start, request, response](const Call& call, const Done& done) {
                        noteDryRun(call, *request);
                        start(call, *request, *response, done);
                    });
            }));
    }

    /// The reactor, which may be finished already; a context gives it only once.
    grpc::ServerUnaryReactor* runUnary(
        grpc::CallbackServerContext& context,
        const Method& method,
        std::function<void(const Call&, const Done&)> start);
    const Method& add(
        const char* name,
        grpc::internal::RpcMethod::RpcType type,
        const google::protobuf::Descriptor* request,
        const google::protobuf::Descriptor* response);
    void setHandler(grpc::internal::MethodHandler* handler);
    static void submit(
        platform::Executor& executor, const Done& done, std::function<absl::Status()> work);

    Guard& m_guard;
    const google::protobuf::ServiceDescriptor* const m_descriptor;
    /// Grows without moving what is in it: gRPC and the handlers keep pointers.
    std::deque<Method> m_methods;
    std::deque<std::string> m_paths;
};

} // namespace pilothouse::rpc
