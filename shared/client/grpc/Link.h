// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/grpc/EventLoop.h"
#include "shared/client/state/Backoff.h"
#include "shared/client/state/RetryBudget.h"

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <pilothouse/v1/access.grpc.pb.h>
#include <pilothouse/v1/audit.grpc.pb.h>
#include <pilothouse/v1/jobs.grpc.pb.h>
#include <pilothouse/v1/metrics.grpc.pb.h>
#include <pilothouse/v1/plans.grpc.pb.h>
#include <pilothouse/v1/rollouts.grpc.pb.h>
#include <pilothouse/v1/scaling.grpc.pb.h>
#include <pilothouse/v1/services.grpc.pb.h>
#include <pilothouse/v1/system.grpc.pb.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace pilothouse::client {

/// Waits for the link to become usable; told on the loop.
class LinkWaiter
{
public:
    virtual ~LinkWaiter() = default;
    virtual void linkOpened() = 0;
    /// It will not become usable without the operator.
    virtual void linkRefused(const absl::Status& why) = 0;
};

/// Whether calls may go out.
enum class Gate {
    Open,
    /// Not now, but soon: idempotent calls and streams wait.
    Waiting,
    /// Not without the operator: calls fail, streams wait.
    Closed,
};

/// What the calls of one connection share: its thread, the current channel, the token. Calls hold
/// it by shared_ptr, because gRPC may finish them after the connection is gone. Everything is for
/// the loop's thread unless it says otherwise.
class Link : public std::enable_shared_from_this<Link>
{
public:
    struct Stubs
    {
        std::shared_ptr<grpc::Channel> channel;
        std::unique_ptr<v1::SystemService::Stub> system;
        std::unique_ptr<v1::AccessService::Stub> access;
        std::unique_ptr<v1::AccessAdminService::Stub> accessAdmin;
        std::unique_ptr<v1::PlanService::Stub> plans;
        std::unique_ptr<v1::MetricsService::Stub> metrics;
        std::unique_ptr<v1::JobsService::Stub> jobs;
        std::unique_ptr<v1::AuditService::Stub> audit;
        std::unique_ptr<v1::RolloutsService::Stub> rollouts;
        std::unique_ptr<v1::RegistryService::Stub> services;
        std::unique_ptr<v1::ScalingService::Stub> scaling;
    };

    Link(std::shared_ptr<EventLoop> loop, std::string name, absl::Duration callTimeout);

    /// Any thread.
    EventLoop& loop() const { return *m_loop; }
    /// Any thread. The server's name in messages.
    const std::string& name() const { return m_name; }
    /// Any thread.
    absl::Duration callTimeout() const { return m_callTimeout; }

    /// Drops the channel (its calls end as cancelled) and takes the new one, which may be null.
    ///
    /// gRPC must not destroy a channel on a thread of its own: the last one takes gRPC's callback
    /// threads with it, which then wait for themselves. So dropped channels are kept here until no
    /// call holds them.
    void setChannel(const std::shared_ptr<grpc::Channel>& channel);
    /// Destroys all channels; after close and waitForCalls().
    void releaseChannels();
    /// Null when there is no channel. Stays valid while held, also past setChannel().
    std::shared_ptr<Stubs> stubs() const { return m_stubs; }
    /// Counts the channels; tells answers of an earlier one from those of this one.
    std::uint64_t generation() const { return m_generation; }

    void setGate(Gate gate, absl::Status why);
    Gate gate() const { return m_gate; }
    /// Why calls cannot go out; never OK.
    const absl::Status& closedBecause() const { return m_closedBecause; }
    /// Told once: at the next opening, or when the gate closes for good.
    void wait(std::weak_ptr<LinkWaiter> waiter);

    void setToken(std::string token) { m_token = std::move(token); }
    const std::string& token() const { return m_token; }
    /// Adds deadline (none when infinite), authorization and version.
    void prepare(grpc::ClientContext& context, absl::Duration timeout) const;

    RetryBudget& budget() { return m_budget; }
    double random() { return m_random(); }

    /// Tells the connection that a call of this generation was answered UNAUTHENTICATED.
    void reportUnauthenticated(std::uint64_t generation, const absl::Status& why);
    std::function<void(const absl::Status&)> onUnauthenticated;

    /// The context of a call under way, so that dropping the channel cancels it.
    void track(const std::shared_ptr<grpc::ClientContext>& context);

    /// Any thread: a call is with gRPC until ended() is called.
    void began();
    void ended();
    /// Any thread but gRPC's: waits until no call is with gRPC; false at the deadline.
    bool waitForCalls(absl::Duration deadline);

    /// Cancels what is under way on the channel.
    void cancelCalls();

private:
    const std::shared_ptr<EventLoop> m_loop;
    const std::string m_name;
    const absl::Duration m_callTimeout;
    std::shared_ptr<Stubs> m_stubs;
    std::vector<std::shared_ptr<Stubs>> m_dropped;
    std::uint64_t m_generation = 0;
    Gate m_gate = Gate::Closed;
    absl::Status m_closedBecause;
    std::vector<std::weak_ptr<LinkWaiter>> m_waiters;
    std::vector<std::weak_ptr<grpc::ClientContext>> m_contexts;
    std::string m_token;
    RetryBudget m_budget;
    Random m_random = processRandom();

    std::mutex m_countMutex;
    std::condition_variable m_idle;
    int m_count = 0;
};

/// gRPC's status as ours: in the server's words where it answered, in the operator's where the
/// connection failed ("cannot reach host:port: connection refused").
absl::Status translate(const grpc::Status& status, const std::string& serverName);

} // namespace pilothouse::client
