// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/Clock.h"
#include "shared/client/Connection.h"
#include "shared/client/grpc/CallScope.h"
#include "shared/client/grpc/ChannelFactory.h"
#include "shared/client/grpc/EventLoop.h"
#include "shared/client/grpc/Link.h"
#include "shared/client/state/Address.h"
#include "shared/client/state/ConnectionMachine.h"

#include <memory>
#include <mutex>
#include <optional>

namespace pilothouse::client {

/// Does what the ConnectionMachine decides: dials, asks, watches the pulse, and tells the listener.
/// On the loop's thread unless a method says otherwise.
class ConnectionCore : public std::enable_shared_from_this<ConnectionCore>
{
public:
    ConnectionCore(
        ConnectionOptions options,
        std::shared_ptr<EventLoop> loop,
        std::shared_ptr<Link> link,
        const Clock& clock);

    /// Any thread.
    ConnectionStatus status() const;
    /// Any thread.
    std::string acceptedFingerprint() const;
    /// Any thread.
    void setListener(std::function<void(const ConnectionStatus&)> listener);

    void connect();
    void answerTrust(bool trusted);
    void signIn(
        const std::string& name, const std::string& password, OnDone<access::SignedIn> onDone);
    void signOut();
    /// Lets the machine take a step and does what follows from it.
    void step(const std::function<void(ConnectionMachine&)>& event);
    /// Drops the channel; nothing else happens afterwards.
    void close();

private:
    struct Listener
    {
        CallGate gate;
        std::function<void(const ConnectionStatus&)> call;
    };

    void perform(Effect effect);
    void updateGate();
    void publish();
    void armTimer();
    void dial();
    void serverAnswered(
        const TrustRecord& record, absl::StatusOr<v1::GetServerInfoResponse> response);
    void askIdentity();
    void startPulse();
    void stopPulse();
    void ping();

    ConnectionOptions m_options;
    const std::shared_ptr<EventLoop> m_loop;
    const std::shared_ptr<Link> m_link;
    const Clock& m_clock;
    ConnectionMachine m_machine;
    std::optional<Address> m_address;
    /// Of the dial or identity question under way.
    std::shared_ptr<CallScope> m_asking;
    /// Of the pulse and the pings.
    std::shared_ptr<CallScope> m_pulse;
    absl::Duration m_armedFor = absl::InfiniteDuration();
    bool m_isClosed = false;

    mutable std::mutex m_mutex;
    ConnectionStatus m_status;
    std::string m_accepted;
    std::shared_ptr<Listener> m_listener;
};

} // namespace pilothouse::client
