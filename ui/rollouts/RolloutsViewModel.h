// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/StateView.h"
#include "ui/rollouts/RolloutFeed.h"
#include "ui/session/Fetched.h"

#include <QObject>
#include <QStringList>

namespace pilothouse::ui {

/// "Who has the traffic, and how far is the next version?": the applications live, and of the
/// chosen one its rollouts and the log of the newest. GUI thread only.
class RolloutsViewModel : public QObject
{
    Q_OBJECT

public:
    /// Rollouts of the past that are shown.
    static constexpr int kHistory = 200;

    RolloutsViewModel(
        client::RolloutsClient& rollouts, const Clock& clock, QObject* parent = nullptr);

    void open();
    void close();
    bool isOpen() const { return m_feed.isOpen(); }
    void refresh();

    /// By name.
    QStringList names() const;
    /// The chosen application; the first when the chosen one is not there. Null: there is none.
    const rollouts::Application* application() const;
    void choose(const QString& name);
    /// By the server's clock.
    absl::Time serverNow() const { return m_feed.serverNow(); }

    /// Of the chosen application, newest first; the newest as it is now.
    const std::vector<rollouts::Rollout>& history() const { return m_history.value(); }
    const DataState& historyState() const { return m_historyState; }
    /// The open rollout's log, else the last one's.
    const client::RolloutReceipt& current() const { return m_current.value(); }
    const DataState& eventsState() const { return m_eventsState; }
    /// A rollout of the history, once it is loaded; null before.
    const client::RolloutReceipt* receipt() const;
    void openReceipt(const QString& id);
    void closeReceipt();
    const DataState& state() const { return m_state; }

Q_SIGNALS:
    /// The applications, and with them everything live.
    void changed();
    /// Another application, or what can be done with its rollout is different.
    void verbsChanged();
    void historyChanged();
    void eventsChanged();
    void receiptChanged();

private:
    void take();
    void askWhatChanged();
    void refreshState();

    client::RolloutsClient& m_rollouts;
    RolloutFeed m_feed;
    QString m_chosen;
    /// What history and log were asked for last.
    QString m_askedApplication;
    std::string m_askedRollout;
    std::int64_t m_askedGeneration = 0;
    QString m_receiptId;
    Fetched<std::vector<rollouts::Rollout>> m_history;
    Fetched<client::RolloutReceipt> m_current;
    Fetched<client::RolloutReceipt> m_receipt;
    DataState m_state;
    DataState m_historyState;
    DataState m_eventsState;
};

} // namespace pilothouse::ui
