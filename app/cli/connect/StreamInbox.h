// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/connect/ServerSession.h"

#include <absl/status/statusor.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace pilothouse::cli {

/// One stream, handed from the client's thread to the one that prints. Holds one message: what
/// comes before it was taken is folded into it, or waits at the client, and then at the server. It
/// also ends when the session is over, which the stream itself would wait out until somebody signs
/// in again.
template <typename Message>
class StreamInbox
{
public:
    /// Puts what came into what was not taken yet.
    using Fold = std::function<void(Message& waiting, Message&& incoming)>;

    explicit StreamInbox(ServerSession& session, Fold fold = {})
        : m_session(session), m_fold(std::move(fold))
    {
        m_session.onOver([this](const absl::Status& why) { end(why); });
    }
    ~StreamInbox()
    {
        // Whoever waits to put something goes on: the stream's end waits for that.
        close();
        m_session.onOver({});
        m_stream.reset();
    }
    StreamInbox(const StreamInbox&) = delete;
    StreamInbox& operator=(const StreamInbox&) = delete;

    /// Opens the stream: `start` gets what it calls with each message, and at the end.
    void open(
        const std::function<client::CallPtr(client::OnMessage<Message>, client::OnEnd)>& start)
    {
        m_stream = start(
            [this](Message message) { put(std::move(message)); },
            [this](const absl::Status& status) { end(status); });
    }

    /// Waits for the next message; none, or why, when the stream has ended.
    absl::StatusOr<std::optional<Message>> take()
    {
        std::unique_lock lock(m_mutex);
        m_filled.wait(lock, [this] { return m_message || m_end; });
        if (!m_message && !m_end->ok()) {
            return *m_end;
        }
        std::optional<Message> message = std::exchange(m_message, std::nullopt);
        m_taken.notify_all();
        return message;
    }

private:
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_isClosed = true;
        m_taken.notify_all();
    }

    void put(Message message)
    {
        std::unique_lock lock(m_mutex);
        if (m_message && m_fold) {
            m_fold(*m_message, std::move(message));
            return;
        }
        m_taken.wait(lock, [this] { return !m_message || m_isClosed; });
        m_message = std::move(message);
        m_filled.notify_all();
    }

    void end(const absl::Status& status)
    {
        const std::lock_guard lock(m_mutex);
        if (!m_end) {
            m_end = status;
            m_filled.notify_all();
        }
    }

    ServerSession& m_session;
    const Fold m_fold;
    std::mutex m_mutex;
    std::condition_variable m_filled;
    std::condition_variable m_taken;
    std::optional<Message> m_message;
    std::optional<absl::Status> m_end;
    bool m_isClosed = false;
    client::CallPtr m_stream;
};

} // namespace pilothouse::cli
