// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/StatusHelpers.h"
#include "shared/client/grpc/CallScope.h"
#include "shared/client/grpc/Link.h"
#include "shared/client/grpc/StreamReactor.h"
#include "shared/client/state/Backoff.h"

#include <functional>
#include <memory>
#include <utility>

namespace pilothouse::client {

/// Whether a stream that ended with this would end the same way again.
inline bool isPermanent(const absl::Status& status)
{
    switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kAlreadyExists:
        return true;
    default:
        return false;
    }
}

/// What it means when the server ends a stream with OK.
enum class StreamEnd {
    /// It went away: the stream is opened again.
    Never,
    /// All has been said: OnEnd gets OK.
    WithOk,
};

/// A stream that lives as long as its Call: it waits for the link, opens, and opens again after
/// every loss.
template <typename Request, typename Response>
class StreamCall final : public LinkWaiter,
                         public std::enable_shared_from_this<StreamCall<Request, Response>>
{
public:
    using Open = std::function<void(
        Link::Stubs&, grpc::ClientContext*, const Request*, grpc::ClientReadReactor<Response>*)>;
    /// May change the request for the next opening (resume token).
    using Message = std::function<void(Response&, Request&)>;

    /// Any thread.
    static CallPtr start(
        const std::shared_ptr<Link>& link,
        Request request,
        Open open,
        Message onMessage,
        OnEnd onEnd,
        StreamEnd end = StreamEnd::Never)
    {
        auto scope = std::make_shared<CallScope>();
        auto call = std::make_shared<StreamCall>(
            Private(), link, scope, std::move(request), std::move(onEnd));
        call->m_open = std::move(open);
        call->m_onMessage = std::move(onMessage);
        call->m_end = end;
        link->loop().post([call] { call->openOrWait(); });
        return std::make_unique<Handle>(std::move(scope), std::move(call));
    }

    void linkOpened() override { openOrWait(); }
    void linkRefused(const absl::Status& /*why*/) override { m_link->wait(this->weak_from_this()); }

private:
    struct Private
    {};

    /// Keeps the stream alive while it waits for the link.
    class Handle final : public Call
    {
    public:
        Handle(std::shared_ptr<CallScope> scope, std::shared_ptr<StreamCall> call)
            : m_scope(std::move(scope)), m_call(std::move(call))
        {}
        ~Handle() override { m_scope->close(); }
        Handle(const Handle&) = delete;
        Handle& operator=(const Handle&) = delete;

    private:
        std::shared_ptr<CallScope> m_scope;
        std::shared_ptr<StreamCall> m_call;
    };

public:
    StreamCall(
        Private /*onlyByStart*/,
        std::shared_ptr<Link> link,
        std::shared_ptr<CallScope> scope,
        Request request,
        OnEnd onEnd)
        : m_link(std::move(link)),
          m_scope(std::move(scope)),
          m_request(std::move(request)),
          m_onEnd(std::move(onEnd))
    {}

private:
    void openOrWait()
    {
        if (m_scope->gate.isClosed()) {
            return;
        }
        if (m_link->gate() != Gate::Open || m_link->stubs() == nullptr) {
            m_link->wait(this->weak_from_this());
            return;
        }
        auto context = std::make_shared<grpc::ClientContext>();
        m_link->prepare(*context, absl::InfiniteDuration());
        m_link->track(context);
        m_scope->attach(context);
        StreamReactor<Response>::start(
            m_link,
            context,
            [this](
                Link::Stubs& stubs, grpc::ClientContext* call, StreamReactor<Response>* reactor) {
                m_open(stubs, call, &m_request, reactor);
            },
            [self = this->shared_from_this()](Response& response) {
                return self->received(response);
            },
            [self = this->shared_from_this(), generation = m_link->generation()](
                const grpc::Status& status) { self->ended(status, generation); });
    }

    bool received(Response& response)
    {
        m_backoff.reset();
        return m_scope->gate.deliver([&] { m_onMessage(response, m_request); }) &&
               !m_scope->gate.isClosed();
    }

    void ended(const grpc::Status& answer, std::uint64_t generation)
    {
        if (m_scope->gate.isClosed()) {
            return;
        }
        const absl::Status status = translate(answer, m_link->name());
        if (absl::IsUnauthenticated(status)) {
            m_link->reportUnauthenticated(generation, status);
        }
        if (isPermanent(status) || (status.ok() && m_end == StreamEnd::WithOk)) {
            m_scope->gate.deliver([&] {
                if (m_onEnd) {
                    m_onEnd(status);
                }
            });
            return;
        }
        if (generation != m_link->generation() || m_link->gate() != Gate::Open) {
            openOrWait();
            return;
        }
        const absl::Duration wait =
            std::max(m_backoff.next(), retryDelayOf(status).value_or(absl::ZeroDuration()));
        m_link->loop().postAfter(wait, [self = this->shared_from_this()] { self->openOrWait(); });
    }

    const std::shared_ptr<Link> m_link;
    const std::shared_ptr<CallScope> m_scope;
    Request m_request;
    Open m_open;
    Message m_onMessage;
    OnEnd m_onEnd;
    StreamEnd m_end = StreamEnd::Never;
    Backoff m_backoff{[this] { return m_link->random(); }};
};

/// A streaming method of a generated stub in its callback form.
template <typename Async, typename Request, typename Response>
using StreamMethod =
    void (Async::*)(grpc::ClientContext*, const Request*, grpc::ClientReadReactor<Response>*);

/// The opening of `method` on the stub that `stub` (a member of Link::Stubs) holds.
template <typename Stub, typename Async, typename Request, typename Response>
typename StreamCall<Request, Response>::Open opening(
    std::unique_ptr<Stub> Link::Stubs::*stub, StreamMethod<Async, Request, Response> method)
{
    return [stub, method](
               Link::Stubs& stubs,
               grpc::ClientContext* context,
               const Request* request,
               grpc::ClientReadReactor<Response>* reactor) {
        (static_cast<Async*>((stubs.*stub)->async())->*method)(context, request, reactor);
    };
}

} // namespace pilothouse::client
