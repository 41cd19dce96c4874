// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/Call.h"
#include "ui/session/OnGuiThread.h"

#include <functional>
#include <utility>

namespace pilothouse::ui {

/// The answer of a call that is made again now and then: the last good value, and what went wrong
/// with the last try. A member of the object that guards it. GUI thread only.
template <typename T>
class Fetched
{
public:
    using Ask = std::function<client::CallPtr(client::OnDone<T>)>;

    /// `changed` is called after every answer.
    Fetched(QObject* guard, Ask ask, std::function<void()> changed)
        : m_guard(guard), m_ask(std::move(ask)), m_changed(std::move(changed))
    {}

    /// An answer still under way is dropped for the new one.
    void reload()
    {
        m_call = m_ask(onGuiThread<T>(m_guard, [this](absl::StatusOr<T> answer) {
            m_call.reset();
            m_error = answer.status();
            if (answer.ok()) {
                m_value = *std::move(answer);
                m_isLoaded = true;
            }
            m_changed();
        }));
    }
    void cancel() { m_call.reset(); }

    const T& value() const { return m_value; }
    bool isLoaded() const { return m_isLoaded; }
    const absl::Status& error() const { return m_error; }

private:
    QObject* m_guard;
    Ask m_ask;
    std::function<void()> m_changed;
    T m_value{};
    bool m_isLoaded = false;
    absl::Status m_error;
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
