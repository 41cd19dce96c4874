// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/rpc/Guard.h"

#include <absl/status/statusor.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace pilothouse::rpc {

/// What one stream sends. The stream asks when it can take a message, so a slow watcher asks less
/// often and nothing piles up: keep state, not a queue. Called by one thread at a time.
template <typename Response>
class Source
{
public:
    virtual ~Source() = default;
    /// Fills the (cleared) message, or answers false: nothing to say now; the waker makes it ask
    /// again.
    virtual bool next(Response& response) = 0;
};

/// The producer's end of a stream. Copies are cheap; it may outlive the stream and then does
/// nothing. Thread-safe. Calling it from inside Source::next is allowed.
class Waker
{
public:
    class Target
    {
    public:
        virtual ~Target() = default;
        virtual void wake() = 0;
        virtual void end(absl::Status status) = 0;
    };

    Waker() = default;
    explicit Waker(std::weak_ptr<Target> target) : m_target(std::move(target)) {}

    /// There may be something to send. False when the stream has gone.
    bool wake() const
    {
        if (const auto target = m_target.lock()) {
            target->wake();
            return true;
        }
        return false;
    }
    bool isGone() const { return m_target.expired(); }
    /// Ends the stream after the message under way.
    void end(absl::Status status) const
    {
        if (const auto target = m_target.lock()) {
            target->end(std::move(status));
        }
    }

private:
    std::weak_ptr<Target> m_target;
};

/// A server stream between a source and gRPC: one message under way at a time, the next one made
/// only when the transport has taken it.
template <typename Response>
class Stream final : public grpc::ServerWriteReactor<Response>,
                     public Waker::Target,
                     public std::enable_shared_from_this<Stream<Response>>
{
public:
    using Open =
        std::function<absl::StatusOr<std::unique_ptr<Source<Response>>>(const Call&, Waker)>;

    Stream(Guard& guard, Call call) : m_guard(guard), m_call(std::move(call)) {}

    /// From here on the stream belongs to gRPC and lives until gRPC is done with it.
    void start(Open open)
    {
        m_self = this->shared_from_this();
        absl::Status why;
        switch (m_guard.admit(m_call, why)) {
        case Guard::Verdict::Admitted:
            begin(open);
            break;
        case Guard::Verdict::Refused:
            settle(std::move(why));
            break;
        case Guard::Verdict::Ask:
            m_guard.lookUp(
                m_call, [stream = m_self, open = std::move(open)](Call call, absl::Status status) {
                    stream->lookedUp(std::move(call), std::move(status), open);
                });
            break;
        }
    }

    void wake() override { pump(); }

    void end(absl::Status status) override
    {
        {
            const std::lock_guard lock(m_mutex);
            if (!m_ending) {
                m_ending = std::move(status);
            }
        }
        pump();
    }

private:
    void OnWriteDone(bool ok) override
    {
        {
            const std::lock_guard lock(m_mutex);
            m_busy = false;
            if (!ok && !m_ending) {
                m_ending = absl::CancelledError("the watcher has gone");
            }
        }
        pump();
    }

    void OnCancel() override { end(absl::CancelledError("the watcher has gone")); }

    void OnDone() override
    {
        if (m_counted) {
            m_guard.endStream(m_call);
        }
        m_source.reset();
        const auto self = std::move(m_self); // the last owner, unless a waker is just calling
    }

    void lookedUp(Call call, absl::Status status, const Open& open)
    {
        m_call = std::move(call);
        status.ok() ? begin(open) : settle(std::move(status));
    }

    void begin(const Open& open)
    {
        if (absl::Status status = m_guard.beginStream(m_call); !status.ok()) {
            settle(std::move(status));
            return;
        }
        m_counted = true;
        auto source = open(m_call, Waker(this->weak_from_this()));
        if (!source.ok()) {
            settle(source.status());
            return;
        }
        m_source = *std::move(source);
        settle(absl::OkStatus());
    }

    /// Admission is over: the stream runs, or ends with the status. Until here nothing else moves
    /// it.
    void settle(absl::Status status)
    {
        {
            const std::lock_guard lock(m_mutex);
            if (!status.ok() && !m_ending) {
                m_ending = std::move(status);
            }
            m_busy = false;
        }
        pump();
    }

    /// Moves the stream on by one step; whoever comes while another thread is inside only leaves a
    /// note.
    void pump()
    {
        std::unique_lock lock(m_mutex);
        if (m_busy || m_finished) {
            m_again = true;
            return;
        }
        m_busy = true;
        while (true) {
            m_again = false;
            if (!m_ending) {
                if (absl::Status status = m_guard.recheck(m_call); !status.ok()) {
                    m_ending = std::move(status);
                }
            }
            if (m_ending) {
                m_finished = true;
                const absl::Status status = *m_ending;
                lock.unlock();
                this->Finish(m_guard.finish(m_call, status));
                return;
            }
            lock.unlock();
            m_response.Clear();
            if (m_source->next(m_response)) {
                this->StartWrite(&m_response); // stays busy until OnWriteDone
                return;
            }
            lock.lock();
            if (!m_again) {
                m_busy = false;
                return;
            }
        }
    }

    Guard& m_guard;
    Call m_call;
    Response m_response;
    std::mutex m_mutex;
    std::shared_ptr<Stream> m_self;
    std::unique_ptr<Source<Response>> m_source;
    std::optional<absl::Status> m_ending;
    /// A thread is inside pump(), a write is under way, or admission has not settled yet.
    bool m_busy = true;
    bool m_again = false;
    bool m_finished = false;
    bool m_counted = false;
};

/// Starts a stream behind the guard; the reactor belongs to itself.
template <typename Response>
grpc::ServerWriteReactor<Response>* startStream(
    Guard& guard, Call call, typename Stream<Response>::Open open)
{
    auto stream = std::make_shared<Stream<Response>>(guard, std::move(call));
    auto* reactor = stream.get();
    reactor->start(std::move(open));
    return reactor;
}

} // namespace pilothouse::rpc
