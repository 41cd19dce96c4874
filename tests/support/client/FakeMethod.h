// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Call.h"

#include <QCoreApplication>
#include <QMetaObject>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace pilothouse::test {

/// One unary method of a fake client: keeps every request, and answers when the test says so. Like
/// the real client it never answers inside the call itself, and never after the Call was destroyed.
/// For the test's (GUI) thread only.
template <typename Request, typename Answer>
class FakeMethod
{
public:
    client::CallPtr start(Request request, client::OnDone<Answer> onDone)
    {
        m_requests.push_back(std::move(request));
        auto asked = std::make_shared<Asked>();
        asked->onDone = std::move(onDone);
        m_asked.push_back(asked);
        if (m_standing) {
            QMetaObject::invokeMethod(
                QCoreApplication::instance(),
                [asked, answer = *m_standing] { finish(*asked, answer); },
                Qt::QueuedConnection);
        }
        return std::make_unique<Handle>(std::move(asked));
    }

    /// Every request so far, oldest first.
    const std::vector<Request>& requests() const { return m_requests; }

    /// Calls that are neither answered nor cancelled.
    int pending() const
    {
        return static_cast<int>(std::ranges::count_if(
            m_asked, [](const auto& asked) { return asked->onDone != nullptr; }));
    }

    /// Answers the oldest pending call, at once; false when there is none.
    bool answer(const absl::StatusOr<Answer>& value)
    {
        while (!m_asked.empty()) {
            const auto asked = m_asked.front();
            m_asked.pop_front();
            if (asked->onDone) {
                finish(*asked, value);
                return true;
            }
        }
        return false;
    }

    /// Answers every later call with this, from the event loop.
    void answerAlways(absl::StatusOr<Answer> value) { m_standing = std::move(value); }

private:
    struct Asked
    {
        client::OnDone<Answer> onDone;
    };

    class Handle final : public client::Call
    {
    public:
        explicit Handle(std::shared_ptr<Asked> asked) : m_asked(std::move(asked)) {}
        ~Handle() override { m_asked->onDone = nullptr; }

    private:
        std::shared_ptr<Asked> m_asked;
    };

    static void finish(Asked& asked, const absl::StatusOr<Answer>& value)
    {
        if (auto onDone = std::exchange(asked.onDone, nullptr)) {
            onDone(value);
        }
    }

    std::vector<Request> m_requests;
    std::deque<std::shared_ptr<Asked>> m_asked;
    std::optional<absl::StatusOr<Answer>> m_standing;
};

} // namespace pilothouse::test
