// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/grpc/Link.h"

#include <functional>
#include <memory>
#include <utility>

namespace pilothouse::client {

/// Reads one server stream: each message is handled on the loop before the next is read, so that a
/// slow reader holds the server back by flow control instead of collecting messages here. Owns
/// itself until gRPC is done.
template <typename Response>
class StreamReactor final : public grpc::ClientReadReactor<Response>
{
public:
    /// On the loop; false ends the reading (the context must then be cancelled by whoever says so).
    using Handle = std::function<bool(Response&)>;
    /// On the loop, once, last.
    using Done = std::function<void(const grpc::Status&)>;
    using Open = std::function<void(Link::Stubs&, grpc::ClientContext*, StreamReactor*)>;

    /// On the loop; the link has a channel.
    static void start(
        const std::shared_ptr<Link>& link,
        std::shared_ptr<grpc::ClientContext> context,
        const Open& open,
        Handle handle,
        Done done)
    {
        // Deletes itself in OnDone.
        auto* reactor =
            new StreamReactor(link, std::move(context), std::move(handle), std::move(done));
        link->began();
        open(*reactor->m_stubs, reactor->m_context.get(), reactor);
        reactor->AddHold();
        reactor->StartRead(&reactor->m_response);
        reactor->StartCall();
    }

    void OnReadDone(bool ok) override
    {
        // Between two reads the hold belongs to the turn: dropped unused, it lets the stream end.
        auto turn = std::make_shared<Turn>(this);
        if (ok) {
            m_link->loop().post([turn] { turn->take(); });
        }
    }

    void OnDone(const grpc::Status& status) override
    {
        const std::shared_ptr<Link> link = std::move(m_link);
        link->loop().post([done = std::move(m_done), status] { done(status); });
        delete this;
        link->ended();
    }

private:
    class Turn
    {
    public:
        explicit Turn(StreamReactor* reactor) : m_reactor(reactor) {}
        ~Turn()
        {
            if (m_reactor != nullptr) {
                m_reactor->RemoveHold();
            }
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

        void take()
        {
            if (m_reactor->m_handle(m_reactor->m_response)) {
                StreamReactor* reactor = std::exchange(m_reactor, nullptr);
                reactor->StartRead(&reactor->m_response);
            }
        }

    private:
        StreamReactor* m_reactor;
    };

    StreamReactor(
        std::shared_ptr<Link> link,
        std::shared_ptr<grpc::ClientContext> context,
        Handle handle,
        Done done)
        : m_link(std::move(link)),
          m_context(std::move(context)),
          m_stubs(m_link->stubs()),
          m_handle(std::move(handle)),
          m_done(std::move(done))
    {}

    std::shared_ptr<Link> m_link;
    const std::shared_ptr<grpc::ClientContext> m_context;
    const std::shared_ptr<Link::Stubs> m_stubs;
    const Handle m_handle;
    Done m_done;
    Response m_response;
};

} // namespace pilothouse::client
