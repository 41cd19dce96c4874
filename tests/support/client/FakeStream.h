// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Call.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace pilothouse::test {

/// One streaming method of a fake client: the test pushes messages into the open streams and ends
/// them. For the test's (GUI) thread only.
template <typename Request, typename Message>
class FakeStream
{
public:
    client::CallPtr start(
        Request request, client::OnMessage<Message> onMessage, client::OnEnd onEnd)
    {
        m_requests.push_back(request);
        auto opened = std::make_shared<Opened>(
            Opened{std::move(request), std::move(onMessage), std::move(onEnd), true});
        m_opened.push_back(opened);
        return std::make_unique<Handle>(std::move(opened));
    }

    /// Every request so far, oldest first.
    const std::vector<Request>& requests() const { return m_requests; }

    /// Requests of the streams that are open now, oldest first.
    std::vector<Request> open() const
    {
        std::vector<Request> result;
        for (const auto& opened : m_opened) {
            if (opened->open) {
                result.push_back(opened->request);
            }
        }
        return result;
    }

    /// Gives the message to every open stream that `accepts` (default: all); how many got it.
    int push(const Message& message, const std::function<bool(const Request&)>& accepts = {})
    {
        int count = 0;
        // By value: a receiver may open or close streams.
        for (const auto& opened : std::vector(m_opened)) {
            if (opened->open && (!accepts || accepts(opened->request))) {
                opened->onMessage(message);
                ++count;
            }
        }
        return count;
    }

    /// Ends every open stream with the status.
    void end(const absl::Status& status)
    {
        for (const auto& opened : std::vector(m_opened)) {
            if (std::exchange(opened->open, false) && opened->onEnd) {
                opened->onEnd(status);
            }
        }
        std::erase_if(m_opened, [](const auto& opened) { return !opened->open; });
    }

private:
    struct Opened
    {
        Request request;
        client::OnMessage<Message> onMessage;
        client::OnEnd onEnd;
        bool open = false;
    };

    class Handle final : public client::Call
    {
    public:
        explicit Handle(std::shared_ptr<Opened> opened) : m_opened(std::move(opened)) {}
        ~Handle() override { m_opened->open = false; }

    private:
        std::shared_ptr<Opened> m_opened;
    };

    std::vector<Request> m_requests;
    std::vector<std::shared_ptr<Opened>> m_opened;
};

} // namespace pilothouse::test
