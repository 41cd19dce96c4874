// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ChartGroup.h"
#include "ui/components/SparklineRenderer.h"
#include "ui/overview/OverviewViewModel.h"
#include "ui/shell/Page.h"

#include <vector>

namespace pilothouse::ui {

class Card;
class DataTable;
class StatusChip;
class TextLabel;
class TimeSeriesChart;

/// The page of OverviewViewModel.
class OverviewPage : public Page
{
    Q_OBJECT

public:
    OverviewPage(const PageContext& context, QWidget* parent = nullptr);
    ~OverviewPage() override;

    void setShown(bool shown) override;
    void refresh() override { m_model.refresh(); }
    QWidget* initialFocus() override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct ChartPanel
    {
        Card* card = nullptr;
        TimeSeriesChart* chart = nullptr;
        StateView* states = nullptr;
    };

    void build();
    QWidget* buildSentence();
    QWidget* buildHealth();
    QWidget* buildTargets();
    ChartPanel makeChart();
    void bind();
    void showChip();
    void showKpi(std::size_t index);
    void showChart(std::size_t index);
    void showHealth();
    void showTargets();
    void showFreshness();
    QString staleNote() const;

    PageContext m_context;
    OverviewViewModel m_model;
    ChartGroup m_group;
    SparklineRenderer m_renderer;
    std::vector<KpiTile*> m_tiles;
    std::vector<ChartPanel> m_charts;
    StatusChip* m_chip = nullptr;
    TextLabel* m_sentence = nullptr;
    Card* m_healthCard = nullptr;
    DataTable* m_health = nullptr;
    Card* m_targetsCard = nullptr;
    DataTable* m_targets = nullptr;
    TextLabel* m_store = nullptr;
};

} // namespace pilothouse::ui
