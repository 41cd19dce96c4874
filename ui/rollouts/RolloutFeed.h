// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/Clock.h"
#include "shared/client/RolloutsClient.h"
#include "ui/session/LiveMailbox.h"

#include <absl/time/time.h>

#include <QObject>

#include <memory>
#include <vector>

namespace pilothouse::ui {

/// The applications with their rollouts, live while open. GUI thread only.
class RolloutFeed : public QObject
{
    Q_OBJECT

public:
    RolloutFeed(client::RolloutsClient& rollouts, const Clock& clock, QObject* parent = nullptr);

    /// Starts, or starts over.
    void open();
    void close();
    bool isOpen() const { return m_call != nullptr; }

    /// By name.
    const std::vector<rollouts::Application>& applications() const { return m_applications; }
    const rollouts::Application* find(const QString& name) const;
    /// Whether the server has told of them.
    bool isKnown() const { return m_isKnown; }
    /// Why the stream ended, or OK.
    const absl::Status& error() const { return m_error; }
    /// Now by the server's clock, as far as it is known.
    absl::Time serverNow() const { return m_clock.now() + m_ahead; }

Q_SIGNALS:
    /// Anything, several times a second.
    void changed();
    /// What can be done with the rollouts is different (sent after `changed`).
    void verbsChanged();

private:
    void take(std::vector<rollouts::Application> applications);

    client::RolloutsClient& m_rollouts;
    const Clock& m_clock;
    std::vector<rollouts::Application> m_applications;
    bool m_isKnown = false;
    absl::Status m_error;
    /// The server's clock less ours.
    absl::Duration m_ahead;
    std::unique_ptr<LiveMailbox<std::vector<rollouts::Application>>> m_box;
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
