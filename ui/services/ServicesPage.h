// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/NarrowColumns.h"
#include "ui/components/TableModel.h"
#include "ui/plans/PlannedActions.h"
#include "ui/services/ServicesViewModel.h"
#include "ui/shell/Page.h"

#include <QStackedWidget>
#include <QTimer>

#include <memory>

namespace pilothouse::ui {

class DataTable;
class InstanceInspector;
class ScalingPanel;
class ServiceMap;
class Tabs;

/// The health of the parts: what calls what, every instance with its state, how calls are spread,
/// and how many instances there should be. Its object is "service/id" or "autoscaling:policy".
class ServicesPage : public Page
{
    Q_OBJECT

public:
    explicit ServicesPage(const PageContext& context, QWidget* parent = nullptr);
    ~ServicesPage() override;

    std::vector<Command> commands() override;
    QString object() const override;
    void openObject(const QString& object) override;
    QString auditTarget() const override;
    /// See PageSpec.
    static QString objectOf(const QString& auditTarget);
    QString filter() const override;
    void setFilter(const QString& filter) override;
    void setShown(bool shown) override;
    void refresh() override;
    bool focusFilter() override;
    QWidget* initialFocus() override;
    QWidget* inspector() override;
    bool usesTimeRange() const override { return false; }
    QByteArray saveLayout() const override;
    void restoreLayout(const QByteArray& layout) override;

    ServicesViewModel& model() { return m_model; }
    PlannedActions& actions() { return m_actions; }
    ScalingPanel& scaling() { return *m_scaling; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    /// The tabs; that of balancing is between them.
    static constexpr int kInstancesTab = 0;
    static constexpr int kScalingTab = 2;

    void build();
    void bind();
    DataTable& table() const;
    bool showsScaling() const;
    std::vector<TableRow> rowsOf(int tab, const std::vector<const services::Instance*>&) const;
    void showAll();
    void showSome(const QStringList& changed, const QStringList& removed);
    void showRest();
    void showMap();
    void showInspector();
    void showFreshness();
    void choose(const QString& key);
    const services::Instance* chosen() const;
    QString reason(bool (*allows)(const services::Instance&), const QString& otherwise) const;
    Command verb(
        const QString& id,
        const QString& title,
        const QString& icon,
        bool (*allows)(const services::Instance&),
        const QString& otherwise,
        void (ServicesPage::*run)());
    void drain();
    void returnToTraffic();
    void removeInstance();
    void copyAddress();
    void setDraining(bool isDraining);

    PageContext m_context;
    ServicesViewModel m_model;
    PlannedActions m_actions;
    ServiceMap* m_map = nullptr;
    Tabs* m_tabs = nullptr;
    QStackedWidget* m_stack = nullptr;
    DataTable* m_instances = nullptr;
    DataTable* m_balancing = nullptr;
    std::unique_ptr<NarrowColumns> m_narrowInstances;
    std::unique_ptr<NarrowColumns> m_narrowBalancing;
    InstanceInspector* m_inspector = nullptr;
    ScalingPanel* m_scaling = nullptr;
    /// The inspector of the tab that is shown.
    QStackedWidget* m_inspectors = nullptr;
    bool m_isShown = false;
    QString m_chosen;
    QString m_wanted;
    /// "12 s ago" goes on without a word from the server.
    QTimer m_tick;
};

} // namespace pilothouse::ui
