// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/Call.h"

#include <QCoreApplication>
#include <QMetaObject>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace pilothouse::ui {

/// Carries the messages of one stream from the client's thread to the GUI thread: the client's side
/// only moves the message into a bounded box and, if none is under way, posts one wake-up; the GUI
/// side takes the whole box at once. A GUI that was busy gets one call with the newest messages,
/// never a queue of events.
///
/// Make and destroy it on the GUI thread; `sink()` may be called from any thread, also after the
/// mailbox is gone (then the message is dropped).
template <typename T>
class LiveMailbox
{
public:
    /// Gets everything that arrived since the last call, oldest first, on the GUI thread. May
    /// destroy the mailbox.
    using Deliver = std::function<void(std::vector<T>)>;
    /// Called when a message arrives, under the box's lock, on the client's thread: may fold
    /// `incoming` into what is pending and return true, or return false to have it appended.
    using Fold = std::function<bool(std::vector<T>& pending, T& incoming)>;

    /// Holds at most `capacity` messages; when full, the oldest makes room (and counts as dropped).
    LiveMailbox(std::size_t capacity, Deliver deliver, Fold fold = {})
        : m_state(std::make_shared<State>())
    {
        m_state->capacity = capacity;
        m_state->deliver = std::move(deliver);
        m_state->fold = std::move(fold);
    }

    /// The stream's callback.
    client::OnMessage<T> sink() const
    {
        return [weak = std::weak_ptr<State>(m_state)](T message) {
            if (const auto state = weak.lock()) {
                put(state, std::move(message));
            }
        };
    }

    /// Messages thrown away because the GUI was slower than the box is deep.
    std::uint64_t dropped() const
    {
        const std::scoped_lock lock(m_state->mutex);
        return m_state->dropped;
    }

private:
    struct State
    {
        std::mutex mutex;
        std::vector<T> pending;
        std::size_t capacity = 1;
        bool wakeUpPosted = false;
        std::uint64_t dropped = 0;
        Fold fold;
        Deliver deliver;
    };

    static void put(const std::shared_ptr<State>& state, T message)
    {
        const std::scoped_lock lock(state->mutex);
        if (!state->fold || !state->fold(state->pending, message)) {
            if (state->pending.size() >= state->capacity) {
                state->pending.erase(state->pending.begin());
                ++state->dropped;
            }
            state->pending.push_back(std::move(message));
        }
        QCoreApplication* application = QCoreApplication::instance();
        if (state->wakeUpPosted || application == nullptr) {
            return;
        }
        state->wakeUpPosted = true;
        QMetaObject::invokeMethod(
            application,
            [weak = std::weak_ptr<State>(state)] {
                if (const auto live = weak.lock()) {
                    take(live);
                }
            },
            Qt::QueuedConnection);
    }

    static void take(const std::shared_ptr<State>& state)
    {
        std::vector<T> messages;
        {
            const std::scoped_lock lock(state->mutex);
            messages.swap(state->pending);
            state->wakeUpPosted = false;
        }
        // A copy, because delivering may destroy the mailbox and with it the function that runs.
        const Deliver deliver = state->deliver;
        deliver(std::move(messages));
    }

    std::shared_ptr<State> m_state;
};

} // namespace pilothouse::ui
