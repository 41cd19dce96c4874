// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/Clock.h"
#include "shared/client/grpc/CallScope.h"
#include "shared/client/grpc/Link.h"
#include "shared/client/grpc/StreamCall.h"
#include "shared/client/grpc/StreamReactor.h"

#include <functional>
#include <memory>
#include <utility>

namespace pilothouse::client {

/// A stream that has an end: every message in turn, then how it ended, once. After a loss it is
/// opened again when the request can say where to go on; a loss that lasts for longer than the call
/// timeout is its end.
template <typename Request, typename Response>
class FiniteCall final : public LinkWaiter,
                         public std::enable_shared_from_this<FiniteCall<Request, Response>>
{
public:
    using Open = typename StreamCall<Request, Response>::Open;
    /// Puts into the request where to go on after a loss.
    using Message = std::function<void(Response&, Request&)>;
    enum class AfterLoss { Resume, StartOver };

    /// Any thread.
    static CallPtr start(
        const std::shared_ptr<Link>& link,
        Request request,
        AfterLoss afterLoss,
        Open open,
        Message onMessage,
        OnDone<Nothing> onDone)
    {
        auto scope = std::make_shared<CallScope>();
        auto call = std::make_shared<FiniteCall>(
            Private(), link, scope, std::move(request), afterLoss, std::move(onDone));
        call->m_open = std::move(open);
        call->m_onMessage = std::move(onMessage);
        link->loop().post([call] { call->begin(); });
        return std::make_unique<Handle>(std::move(scope), std::move(call));
    }

    void linkOpened() override { openOrWait(); }
    void linkRefused(const absl::Status& why) override { finish(why); }

private:
    struct Private
    {};

    class Handle final : public Call
    {
    public:
        Handle(std::shared_ptr<CallScope> scope, std::shared_ptr<FiniteCall> call)
            : m_scope(std::move(scope)), m_call(std::move(call))
        {}
        ~Handle() override { m_scope->close(); }
        Handle(const Handle&) = delete;
        Handle& operator=(const Handle&) = delete;

    private:
        std::shared_ptr<CallScope> m_scope;
        std::shared_ptr<FiniteCall> m_call;
    };

public:
    FiniteCall(
        Private /*onlyByStart*/,
        std::shared_ptr<Link> link,
        std::shared_ptr<CallScope> scope,
        Request request,
        AfterLoss afterLoss,
        OnDone<Nothing> onDone)
        : m_link(std::move(link)),
          m_scope(std::move(scope)),
          m_request(std::move(request)),
          m_afterLoss(afterLoss),
          m_onDone(std::move(onDone))
    {}

private:
    void begin()
    {
        m_lastSign = systemClock().monotonic();
        openOrWait();
    }

    bool isTooLate() const
    {
        return systemClock().monotonic() - m_lastSign > m_link->callTimeout();
    }

    void openOrWait()
    {
        if (m_isDone || m_scope->gate.isClosed()) {
            return;
        }
        if (m_link->gate() == Gate::Closed) {
            finish(m_link->closedBecause());
            return;
        }
        if (m_link->gate() != Gate::Open || m_link->stubs() == nullptr) {
            waitForLink();
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

    void waitForLink()
    {
        m_link->wait(this->weak_from_this());
        // Holds the call while nothing else does.
        m_link->loop().postAfter(m_link->callTimeout(), [self = this->shared_from_this()] {
            if (self->m_link->gate() != Gate::Open && self->isTooLate()) {
                self->finish(self->m_link->closedBecause());
            }
        });
    }

    bool received(Response& response)
    {
        m_lastSign = systemClock().monotonic();
        m_hasAnswer = true;
        m_backoff.reset();
        return m_scope->gate.deliver([&] { m_onMessage(response, m_request); }) &&
               !m_scope->gate.isClosed();
    }

    void ended(const grpc::Status& answer, std::uint64_t generation)
    {
        if (m_isDone || m_scope->gate.isClosed()) {
            return;
        }
        if (answer.ok()) {
            finish(absl::OkStatus());
            return;
        }
        const absl::Status status = translate(answer, m_link->name());
        if (absl::IsUnauthenticated(status)) {
            m_link->reportUnauthenticated(generation, status);
        }
        const bool isDropped = generation != m_link->generation() || m_link->stubs() == nullptr;
        const bool isLoss = absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ||
                            (absl::IsCancelled(status) && isDropped);
        const bool mayAgain = m_afterLoss == AfterLoss::Resume || !m_hasAnswer;
        if (!isLoss || !mayAgain || isTooLate()) {
            finish(status);
            return;
        }
        const absl::Duration wait =
            std::max(m_backoff.next(), retryDelayOf(status).value_or(absl::ZeroDuration()));
        m_link->loop().postAfter(wait, [self = this->shared_from_this()] { self->openOrWait(); });
    }

    void finish(const absl::Status& status)
    {
        if (std::exchange(m_isDone, true)) {
            return;
        }
        const OnDone<Nothing> done = std::move(m_onDone);
        m_scope->gate.deliver([&] {
            if (status.ok()) {
                done(Nothing());
            } else {
                done(status);
            }
        });
    }

    const std::shared_ptr<Link> m_link;
    const std::shared_ptr<CallScope> m_scope;
    Request m_request;
    const AfterLoss m_afterLoss;
    Open m_open;
    Message m_onMessage;
    OnDone<Nothing> m_onDone;
    Backoff m_backoff{[this] { return m_link->random(); }};
    /// Of the last message, or the beginning, on the monotonic clock.
    absl::Duration m_lastSign;
    bool m_hasAnswer = false;
    bool m_isDone = false;
};

} // namespace pilothouse::client
