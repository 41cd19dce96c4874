// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/NarrowColumns.h"
#include "ui/plans/PlannedActions.h"
#include "ui/rollouts/RolloutsViewModel.h"
#include "ui/shell/Page.h"

#include <memory>

class QStackedWidget;

namespace pilothouse::ui {

class CompareCard;
class DataTable;
class GatesCard;
class MessageBar;
class PromoteCard;
class ReceiptView;
class SlotCard;
class Tabs;

/// Moves traffic safely: both sides, what must hold before a promotion, their comparison, the
/// rollout with its verbs, its log and the rollouts before it. Its object is "application" or
/// "application/rollout". Promote and Roll back are commands of the window, see RolloutWatch.
class RolloutsPage : public Page
{
    Q_OBJECT

public:
    explicit RolloutsPage(const PageContext& context, QWidget* parent = nullptr);

    std::vector<Command> commands() override;
    QString object() const override;
    void openObject(const QString& object) override;
    QString auditTarget() const override;
    /// See PageSpec.
    static QString objectOf(const QString& auditTarget);
    void setShown(bool shown) override;
    void refresh() override;
    QWidget* initialFocus() override;
    QWidget* inspector() override;
    QByteArray saveLayout() const override;
    void restoreLayout(const QByteArray& layout) override;

    RolloutsViewModel& model() { return m_model; }
    PlannedActions& actions() { return m_actions; }
    /// The one that is shown; null before the server has told.
    const rollouts::Application* application() const { return m_model.application(); }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* build();
    QWidget* buildLog();
    void bind();
    void showAll();
    void showApplication(const rollouts::Application& application);
    void showNames();
    void showHistory();
    void showEvents();
    void showReceipt();
    void showFreshness();
    void refreshCommands();
    QString stepReason() const;
    QString openReason(bool (*allows)(rollouts::Step), const QString& otherwise) const;
    QString idleReason() const;
    Command verb(const QString& id, const QString& title, const QString& icon);
    void saveReceipt();

    PageContext m_context;
    RolloutsViewModel m_model;
    PlannedActions m_actions;
    StateView* m_states = nullptr;
    Tabs* m_names = nullptr;
    MessageBar* m_problem = nullptr;
    SlotCard* m_blue = nullptr;
    SlotCard* m_green = nullptr;
    GatesCard* m_gates = nullptr;
    CompareCard* m_compare = nullptr;
    PromoteCard* m_promote = nullptr;
    Tabs* m_logTabs = nullptr;
    QStackedWidget* m_logStack = nullptr;
    DataTable* m_events = nullptr;
    DataTable* m_history = nullptr;
    std::unique_ptr<NarrowColumns> m_narrowHistory;
    ReceiptView* m_receipt = nullptr;
    /// A rollout that a link asked for, until the history is there.
    QString m_wantedReceipt;
};

} // namespace pilothouse::ui
