// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ChartGroup.h"
#include "ui/components/SparklineRenderer.h"
#include "ui/metrics/MetricsViewModel.h"
#include "ui/shell/Page.h"

#include <vector>

class QScrollArea;
class QSplitter;
class QVBoxLayout;

namespace pilothouse::ui {

class ChartCard;
class CrosshairTable;
class ExpressionField;
class MetricTreeView;
class SearchField;
class TextLabel;

/// The page of MetricsViewModel: metrics at the left, charts in the middle, values at the crosshair
/// below.
class MetricsPage : public Page
{
    Q_OBJECT

public:
    MetricsPage(const PageContext& context, QWidget* parent = nullptr);
    ~MetricsPage() override;

    std::vector<Command> commands() override;
    QString object() const override;
    void openObject(const QString& object) override;
    void setShown(bool shown) override;
    void refresh() override;
    bool focusFilter() override;
    QWidget* initialFocus() override;
    QString tornOffObject() const override;
    QByteArray saveLayout() const override;
    void restoreLayout(const QByteArray& layout) override;

    MetricsViewModel& viewModel() { return m_model; }

private:
    QWidget* buildTree();
    QWidget* buildCharts();
    void bind();
    void draw(const QString& expression);
    void showCharts();
    ChartCard* makeCard();
    /// Only the charts: for a window torn off.
    void showChartsAlone();
    void showChart(int chart);
    void showTree();
    void showFreshness();

    PageContext m_context;
    MetricsViewModel m_model;
    ChartGroup m_group;
    SparklineRenderer m_renderer;
    QWidget* m_metrics = nullptr;
    QWidget* m_drawer = nullptr;
    QSplitter* m_columns = nullptr;
    QSplitter* m_rows = nullptr;
    SearchField* m_search = nullptr;
    MetricTreeView* m_tree = nullptr;
    StateView* m_treeStates = nullptr;
    TextLabel* m_treeFact = nullptr;
    ExpressionField* m_expression = nullptr;
    StateView* m_stackStates = nullptr;
    QScrollArea* m_scroll = nullptr;
    QVBoxLayout* m_stack = nullptr;
    std::vector<ChartCard*> m_cards;
    /// The chart whose menu asked for a window of its own.
    QString m_tearingOff;
    CrosshairTable* m_values = nullptr;
};

} // namespace pilothouse::ui
