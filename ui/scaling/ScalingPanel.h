// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/NarrowColumns.h"
#include "ui/plans/PlannedActions.h"
#include "ui/scaling/ScalingViewModel.h"
#include "ui/shell/Page.h"

#include <memory>

namespace pilothouse::ui {

class DataTable;
class ScalingChart;
class ScalingInspector;

/// How many instances there should be: the policies, and the last hour of the selected one. A part
/// of a page, which shows its inspector and offers its commands.
class ScalingPanel : public QWidget
{
    Q_OBJECT

public:
    /// `actions` are the page's; they outlive this.
    ScalingPanel(const PageContext& context, PlannedActions& actions, QWidget* parent);
    ~ScalingPanel() override;

    std::vector<Command> commands();
    /// Streams run only while shown.
    void setShown(bool shown);
    void refresh();
    void showFreshness();
    /// What is known, with ages of this moment.
    void showNow();

    /// The selected policy's name; empty: none.
    const QString& chosen() const { return m_model.chosen(); }
    /// Selects it as soon as it is known.
    void open(const QString& policy);
    bool hasDetails() const;
    /// Things that want attention.
    int problemCount() const;

    DataTable& table() const { return *m_table; }
    ScalingChart& chart() const { return *m_chart; }
    QWidget* inspector() const;
    ScalingViewModel& model() { return m_model; }

Q_SIGNALS:
    /// The selection, or what is known of it, changed.
    void changed();
    void chosenChanged();
    void sheetRequested(pilothouse::ui::Sheet* sheet);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
    void bind();
    void choose(const QString& policy);
    const scaling::PolicyState* policy() const { return m_model.find(m_model.chosen()); }
    QString reason(const std::function<QString(const scaling::PolicyState&)>& lacks) const;
    void setPaused(bool isPaused);
    void simulate();

    PageContext m_context;
    PlannedActions& m_actions;
    ScalingViewModel m_model;
    DataTable* m_table;
    ScalingChart* m_chart;
    ScalingInspector* m_inspector;
    std::unique_ptr<NarrowColumns> m_narrow;
    QString m_wanted;
};

} // namespace pilothouse::ui
