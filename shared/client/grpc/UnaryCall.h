// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/Clock.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/grpc/CallScope.h"
#include "shared/client/grpc/Link.h"

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <utility>

namespace pilothouse::client {

/// How a method may be called.
struct UnaryOptions
{
    /// A read: it waits for a connection that is coming back and is repeated when the server is
    /// UNAVAILABLE.
    bool isIdempotent = true;
    /// False for what works before sign-in.
    bool needsSession = true;
    /// For everything together, repetitions included.
    absl::Duration timeout;
};

/// In a session: what only looks, and what may be sent only once.
inline UnaryOptions read(const Link& link)
{
    return {.isIdempotent = true, .needsSession = true, .timeout = link.callTimeout()};
}

inline UnaryOptions change(const Link& link)
{
    return {.isIdempotent = false, .needsSession = true, .timeout = link.callTimeout()};
}

/// One unary call from request to answer: waits for the link if it may, repeats if it may, answers
/// once.
template <typename Request, typename Response>
class UnaryCall final : public LinkWaiter,
                        public std::enable_shared_from_this<UnaryCall<Request, Response>>
{
public:
    using Finished = std::function<void(grpc::Status)>;
    using Invoke = std::function<void(
        Link::Stubs&, grpc::ClientContext*, const Request*, Response*, Finished)>;
    using Answer = std::function<void(absl::StatusOr<Response>)>;

    /// Any thread; `answer` runs on the loop, never after the scope is closed.
    static void start(
        const std::shared_ptr<Link>& link,
        std::shared_ptr<CallScope> scope,
        const UnaryOptions& options,
        Request request,
        Invoke invoke,
        Answer answer)
    {
        auto call = std::make_shared<UnaryCall>(
            Private(), link, std::move(scope), options, std::move(request), std::move(invoke));
        call->m_answer = std::move(answer);
        link->loop().post([call] { call->begin(); });
    }

    void linkOpened() override { attempt(); }

    void linkRefused(const absl::Status& why) override { finish(why); }

private:
    struct Private
    {};
    // Attempts for one call, the first included; their waits double from kFirstWait.
    static constexpr int kMaxAttempts = 4;
    static constexpr absl::Duration kFirstWait = absl::Milliseconds(100);

    /// What gRPC needs until it calls back, whatever happens to the call meanwhile.
    struct Attempt
    {
        std::shared_ptr<grpc::ClientContext> context = std::make_shared<grpc::ClientContext>();
        std::shared_ptr<Link::Stubs> stubs;
        Response response;
    };

public:
    UnaryCall(
        Private /*onlyByStart*/,
        std::shared_ptr<Link> link,
        std::shared_ptr<CallScope> scope,
        const UnaryOptions& options,
        Request request,
        Invoke invoke)
        : m_link(std::move(link)),
          m_scope(std::move(scope)),
          m_options(options),
          m_request(std::move(request)),
          m_invoke(std::move(invoke))
    {}

private:
    absl::Duration remaining() const { return m_deadline - systemClock().monotonic(); }

    void begin()
    {
        m_deadline = systemClock().monotonic() + m_options.timeout;
        attempt();
    }

    void attempt()
    {
        if (m_isDone || m_scope->gate.isClosed()) {
            return;
        }
        const bool isUsable =
            m_link->stubs() != nullptr && (m_link->gate() == Gate::Open || !m_options.needsSession);
        if (isUsable) {
            send();
        } else if (m_options.isIdempotent && m_link->gate() == Gate::Waiting) {
            waitForLink();
        } else {
            finish(m_link->closedBecause());
        }
    }

    void waitForLink()
    {
        m_link->wait(this->weak_from_this());
        if (m_isTimed) {
            return;
        }
        m_isTimed = true;
        // Holds the call while nothing else does.
        m_link->loop().postAfter(remaining(), [self = this->shared_from_this()] {
            if (!self->m_isSent) {
                self->finish(self->m_link->closedBecause());
            }
        });
    }

    void send()
    {
        m_isSent = true;
        auto attempt = std::make_shared<Attempt>();
        attempt->stubs = m_link->stubs();
        m_link->prepare(*attempt->context, remaining());
        m_link->track(attempt->context);
        m_scope->attach(attempt->context);
        m_link->began();
        m_invoke(
            *attempt->stubs,
            attempt->context.get(),
            &m_request,
            &attempt->response,
            [self = this->shared_from_this(), attempt, generation = m_link->generation()](
                const grpc::Status& status) mutable {
                const std::shared_ptr<Link> link = self->m_link;
                link->loop().post(
                    [self = std::move(self), attempt = std::move(attempt), generation, status] {
                        self->answered(*attempt, status, generation);
                    });
                link->ended();
            });
    }

    void answered(Attempt& attempt, const grpc::Status& answer, std::uint64_t generation)
    {
        m_isSent = false;
        if (answer.ok()) {
            m_link->budget().succeeded();
            finish(std::move(attempt.response));
            return;
        }
        absl::Status status = translate(answer, m_link->name());
        const bool isDropped = generation != m_link->generation() || m_link->stubs() == nullptr;
        if (absl::IsCancelled(status) && isDropped) {
            status = absl::UnavailableError(fmt::format("connection to {} lost", m_link->name()));
        } else if (
            absl::IsCancelled(status) && m_options.needsSession && m_link->gate() == Gate::Closed) {
            status = m_link->closedBecause(); // the session ended while it was under way
        }
        if (absl::IsUnauthenticated(status) && m_options.needsSession) {
            m_link->reportUnauthenticated(generation, status);
        }
        if (!absl::IsUnavailable(status) || !repeat(status)) {
            finish(std::move(status));
        }
    }

    bool repeat(const absl::Status& status)
    {
        if (!m_options.isIdempotent || ++m_attempts >= kMaxAttempts || !m_link->budget().failed()) {
            return false;
        }
        const absl::Duration backoff =
            kFirstWait * (1 << m_attempts) * (0.5 + m_link->random() / 2);
        const absl::Duration wait =
            std::max(backoff, retryDelayOf(status).value_or(absl::ZeroDuration()));
        if (wait >= remaining()) {
            return false;
        }
        m_link->loop().postAfter(wait, [self = this->shared_from_this()] { self->attempt(); });
        return true;
    }

    void finish(absl::StatusOr<Response> response)
    {
        if (std::exchange(m_isDone, true)) {
            return;
        }
        const Answer answer = std::move(m_answer);
        m_scope->gate.deliver([&] { answer(std::move(response)); });
    }

    const std::shared_ptr<Link> m_link;
    const std::shared_ptr<CallScope> m_scope;
    const UnaryOptions m_options;
    const Request m_request;
    const Invoke m_invoke;
    Answer m_answer;
    /// On the monotonic clock.
    absl::Duration m_deadline;
    int m_attempts = 0;
    bool m_isTimed = false;
    bool m_isSent = false;
    bool m_isDone = false;
};

/// A method of a generated stub in its callback form.
template <typename Async, typename Request, typename Response>
using UnaryMethod = void (Async::*)(
    grpc::ClientContext*, const Request*, Response*, std::function<void(grpc::Status)>);

/// The invocation of `method` on the stub that `stub` (a member of Link::Stubs) holds.
template <typename Stub, typename Async, typename Request, typename Response>
typename UnaryCall<Request, Response>::Invoke invoking(
    std::unique_ptr<Stub> Link::Stubs::*stub, UnaryMethod<Async, Request, Response> method)
{
    return [stub, method](
               Link::Stubs& stubs,
               grpc::ClientContext* context,
               const Request* request,
               Response* response,
               std::function<void(grpc::Status)> finished) {
        (static_cast<Async*>((stubs.*stub)->async())->*method)(
            context, request, response, std::move(finished));
    };
}

} // namespace pilothouse::client
