// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/access/AccessPart.h"
#include "ui/access/AccessViewModel.h"
#include "ui/plans/PlannedActions.h"
#include "ui/shell/Page.h"

#include <QStackedWidget>

#include <vector>

namespace pilothouse::ui {

class Tabs;

/// Operators, roles, the operator's tokens, sessions and the approvals inbox, a tab each. Its
/// object is "operators/NAME", "approvals/ID" and the like.
class AccessPage : public Page
{
    Q_OBJECT

public:
    explicit AccessPage(const PageContext& context, QWidget* parent = nullptr);
    ~AccessPage() override;

    std::vector<Command> commands() override;
    QString object() const override;
    void openObject(const QString& object) override;
    QString auditTarget() const override;
    /// See PageSpec.
    static QString objectOf(const QString& auditTarget);
    void setShown(bool shown) override;
    void refresh() override { m_model.refresh(); }
    bool focusFilter() override;
    QWidget* initialFocus() override;
    QWidget* inspector() override { return m_inspectors; }
    bool usesTimeRange() const override { return false; }
    int overlayTop() const override { return m_stack->y(); }
    QByteArray saveLayout() const override;
    void restoreLayout(const QByteArray& layout) override;

    AccessViewModel& model() { return m_model; }
    PlannedActions& actions() { return m_actions; }
    /// By the first word of its objects ("operators").
    AccessPart& part(const QString& id) const;

private:
    struct Part
    {
        QString id;
        AccessPart* part;
    };

    void build();
    void addPart(const QString& id, const QString& title, AccessPart* part);
    void bind();
    void bind(AccessPart& part);
    AccessPart& current() const;
    void showPart(int tab);
    void showInspector();
    void showBadges();
    void showFreshness();
    void tell(Severity severity, const QString& text, const QString& detail = {});

    PageContext m_context;
    AccessViewModel m_model;
    PlannedActions m_actions;
    std::vector<Part> m_parts;
    Tabs* m_tabs = nullptr;
    QStackedWidget* m_stack = nullptr;
    QStackedWidget* m_inspectors = nullptr;
    QStackedWidget* m_heads = nullptr;
};

} // namespace pilothouse::ui
