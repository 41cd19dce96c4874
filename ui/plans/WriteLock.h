// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/MainWindow.h"

#include <QTimer>

namespace pilothouse::ui {

/// The read-only lock of a window: shows it in the band, counts the lease down, announces its end
/// at two minutes and at thirty seconds, and locks or unlocks with Ctrl+L. Lives with its window.
class WriteLock : public QObject
{
    Q_OBJECT

public:
    explicit WriteLock(MainWindow& window);

    /// Id of its command.
    static QString commandId();

private:
    void followSession();
    void refresh();
    void announce(absl::Duration left);
    void toggle();
    void unlock();
    void lock();
    QString disabledReason() const;
    absl::Time serverNow() const;

    MainWindow& m_window;
    QPointer<Session> m_session;
    /// The server's clock less ours.
    absl::Duration m_ahead;
    /// What was left when it was last looked at; zero without a lease.
    absl::Duration m_left;
    client::CallPtr m_call;
    QTimer m_tick;
};

} // namespace pilothouse::ui
