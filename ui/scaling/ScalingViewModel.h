// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/ScalingClient.h"
#include "ui/components/StateView.h"
#include "ui/session/LiveMailbox.h"

#include <QObject>

#include <memory>
#include <vector>

namespace pilothouse::ui {

/// The autoscaling policies, live, and the history of the one that is looked at. Streams run only
/// while opened. GUI thread only.
class ScalingViewModel : public QObject
{
    Q_OBJECT

public:
    explicit ScalingViewModel(client::ScalingClient& scaling, QObject* parent = nullptr);
    ~ScalingViewModel() override;

    void open();
    void close();
    bool isOpen() const { return m_watch != nullptr; }
    void refresh();

    /// By name.
    const std::vector<scaling::PolicyState>& policies() const { return m_policies; }
    const scaling::PolicyState* find(const QString& policy) const;
    const DataState& state() const { return m_state; }

    /// Whose history is shown; empty: of none.
    void choose(const QString& policy);
    const QString& chosen() const { return m_chosen; }
    /// Newest first.
    const std::vector<scaling::Record>& history() const { return m_history; }
    const DataState& historyState() const { return m_historyState; }

Q_SIGNALS:
    void changed();
    void historyChanged();

private:
    void take(std::vector<scaling::PolicyState> policies);
    void askHistory();
    void refreshState();

    client::ScalingClient& m_scaling;
    std::vector<scaling::PolicyState> m_policies;
    bool m_isKnown = false;
    absl::Status m_error;
    DataState m_state;
    QString m_chosen;
    /// The newest decision that the history was asked with.
    std::optional<scaling::Record> m_asked;
    std::vector<scaling::Record> m_history;
    DataState m_historyState;
    std::unique_ptr<LiveMailbox<std::vector<scaling::PolicyState>>> m_box;
    client::CallPtr m_watch;
    client::CallPtr m_historyCall;
};

} // namespace pilothouse::ui
