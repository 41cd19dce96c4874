// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/status/statusor.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace pilothouse::cli {

/// Newest update and end of a stream, handed from the client's thread to this one. Holds one
/// update: a reader that is slow makes the stream wait, and the server folds what it missed.
template <typename Update>
class StreamMailbox
{
public:
    void put(Update update)
    {
        std::unique_lock lock(m_mutex);
        m_taken.wait(lock, [this] { return !m_update || m_isClosed; });
        m_update = std::move(update);
        m_filled.notify_all();
    }
    void end(absl::Status status)
    {
        const std::lock_guard lock(m_mutex);
        m_end = std::move(status);
        m_filled.notify_all();
    }
    /// The next update; its status when the stream has ended.
    absl::StatusOr<Update> take()
    {
        std::unique_lock lock(m_mutex);
        m_filled.wait(lock, [this] { return m_update || m_end; });
        if (!m_update) {
            return *m_end;
        }
        Update update = std::move(*m_update);
        m_update.reset();
        m_taken.notify_all();
        return update;
    }
    /// Lets the stream go: nobody takes any more.
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_isClosed = true;
        m_taken.notify_all();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_filled;
    std::condition_variable m_taken;
    std::optional<Update> m_update;
    std::optional<absl::Status> m_end;
    bool m_isClosed = false;
};

} // namespace pilothouse::cli
