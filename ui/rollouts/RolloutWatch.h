// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plans/PlannedActions.h"
#include "ui/rollouts/RolloutFeed.h"
#include "ui/shell/MainWindow.h"

#include <QTimer>

#include <map>
#include <memory>
#include <string>

namespace pilothouse::ui {

class RolloutsPage;

/// Promote and Roll back of a window, on whatever page: during the time in which the old side is
/// kept warm the band offers to roll back, and counts down. On the page of rollouts they act on
/// what is chosen there; elsewhere Roll back acts on the last promotion, and Promote leads to the
/// rollout that waits for it. Lives with its window.
class RolloutWatch : public QObject
{
    Q_OBJECT

public:
    /// `pageId`: the page of rollouts.
    RolloutWatch(MainWindow& window, QString pageId);
    ~RolloutWatch() override;

    /// Null without a session.
    PlannedActions* actions() const { return m_actions.get(); }

private:
    void addCommands();
    void followSession();
    void followState();
    void refresh();
    void refreshBand();
    /// Tells of rollouts that were ended by somebody else, or by the server.
    void announceEnds();
    /// The page, while it is the one that is shown.
    const RolloutsPage* page() const;
    /// The last promotion that can be taken back; null: none.
    const rollouts::Application* lastPromoted() const;
    /// What the verbs act on; null: nothing.
    const rollouts::Application* toPromote() const;
    const rollouts::Application* toRollBack() const;
    QString busyReason() const;
    QString promoteReason() const;
    QString rollBackReason() const;
    void promote();
    void rollBack(const rollouts::Application& application);

    MainWindow& m_window;
    QString m_pageId;
    QPointer<Session> m_session;
    std::unique_ptr<RolloutFeed> m_feed;
    std::unique_ptr<PlannedActions> m_actions;
    QTimer m_tick;
    /// By the rollout's id, as it was seen last.
    std::map<std::string, rollouts::Step> m_steps;
    /// When this window was acting last.
    absl::Time m_lastOwn = absl::InfinitePast();
};

} // namespace pilothouse::ui
