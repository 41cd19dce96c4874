// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ChartData.h"
#include "ui/theme/Theme.h"

#include <QAbstractButton>
#include <QWidget>

#include <vector>

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
    /// Width that shows the whole name, without the value.
    int nameWidth() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    QString m_id;
    QString m_value;
    /// The widest value so far: a value that gets shorter makes no other item jump.
    int m_valueWidth = 0;
    int m_color = 0;
};

/// The legend above a chart's plot, in one row or two. Names come before values: where both do not
/// fit in two rows the values go, and only then names are elided. Its buttons are kept and reused:
/// live values move no focus.
class ChartLegend : public QWidget
{
    Q_OBJECT

public:
    ChartLegend(const Theme& theme, QWidget* parent);

    void show(const ChartContent& content);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void toggled(const QString& id, bool drawn);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();

    const Theme& m_theme;
    std::size_t m_used = 0;
    std::vector<LegendItem*> m_items;
    TextLabel* m_others;
};

} // namespace pilothouse::ui
