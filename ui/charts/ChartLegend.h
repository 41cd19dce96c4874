// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ChartData.h"
#include "ui/theme/Theme.h"

#include <QAbstractButton>
#include <QWidget>

#include <vector>

class QHBoxLayout;

namespace pilothouse::ui {

class TextLabel;

/// One line in the legend: swatch, name, newest value. Checked means drawn; click or Space toggles.
class LegendItem : public QAbstractButton
{
    Q_OBJECT

public:
    LegendItem(const Theme& theme, QWidget* parent);

    void show(const ChartLine& line, Unit unit, bool drawn);
    QString id() const { return m_id; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    QString m_id;
    QString m_value;
    int m_color = 0;
};

/// The legend above a chart's plot. Its buttons are kept and reused: live values move no focus.
class ChartLegend : public QWidget
{
    Q_OBJECT

public:
    ChartLegend(const Theme& theme, QWidget* parent);

    void show(const ChartContent& content);

Q_SIGNALS:
    void toggled(const QString& id, bool drawn);

private:
    const Theme& m_theme;
    QHBoxLayout* m_layout;
    std::vector<LegendItem*> m_items;
    TextLabel* m_others;
};

} // namespace pilothouse::ui
