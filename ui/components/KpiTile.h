// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/Format.h"
#include "ui/theme/Theme.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace pilothouse::ui {

class Sparkline;
class SparklineRenderer;

/// What a tile shows.
struct KpiView
{
    enum class State { Loading, Live, NoData };

    QString label;
    State state = State::Loading;
    double value = 0;
    Unit unit = Unit::None;
    /// Relative change against the window's begin (0.04 = 4 % more); nothing when unknown.
    std::optional<double> change;
    /// A rise is bad (latency, errors).
    bool lowerIsBetter = false;
    Severity severity = Severity::Unknown;
    std::vector<double> history;
    /// "as of 14:29:58" when the value is old; empty while it is current.
    QString staleNote;

    bool operator==(const KpiView&) const = default;
};

/// One number that matters: label, severity mark, value, change, sparkline. Enter or a click opens
/// its metric.
class KpiTile : public QWidget
{
    Q_OBJECT

public:
    KpiTile(const Theme& theme, SparklineRenderer& renderer, QWidget* parent = nullptr);

    void setView(const KpiView& view);
    const KpiView& view() const { return m_view; }
    void setSeriesColor(int index);

    /// "Requests, 18.4 k/s, up 4 percent, better, OK".
    static QString spoken(const KpiView& view);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void activated();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void place();
    void paintValue(QPainter& painter, const QRect& area) const;
    void paintChange(QPainter& painter, const QRect& area) const;
    void paintHead(QPainter& painter, const QRect& area) const;

    const Theme& m_theme;
    KpiView m_view;
    Sparkline* m_sparkline;
    /// Focus that came by the mouse needs no ring.
    bool m_focusRing = true;
};

} // namespace pilothouse::ui
