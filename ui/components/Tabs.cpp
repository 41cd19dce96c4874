// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/Tabs.h"

#include <QPainter>

namespace pilothouse::ui {

namespace {

constexpr int kHeight = 32;
constexpr int kUnderline = 2;

QString badgeText(int count)
{
    return count > 99 ? QStringLiteral("99+") : QString::number(count);
}

} // namespace

Tabs::Tabs(const Theme& theme, const QString& name, QWidget* parent)
    : QTabBar(parent), m_theme(theme)
{
    setAccessibleName(name);
    setDrawBase(false);
    setExpanding(false);
    setUsesScrollButtons(true);
    setElideMode(Qt::ElideNone);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    restyle();
    connect(&theme, &Theme::changed, this, &Tabs::restyle);
}

void Tabs::restyle()
{
    setFont(m_theme.font(TypeRole::BodyStrong));
    updateGeometry();
    update();
}

void Tabs::setBadge(int tab, int count)
{
    if (badge(tab) == count) {
        return;
    }
    setTabData(tab, count);
    // The bar's own name for the tab is its text; the number is said by the tooltip, too.
    setTabToolTip(tab, count > 0 ? tr("%n wanting attention", nullptr, count) : QString());
    updateGeometry();
    update();
}

QSize Tabs::tabSizeHint(int tab) const
{
    const QFontMetrics metrics(m_theme.font(TypeRole::BodyStrong));
    int width = metrics.horizontalAdvance(tabText(tab)) + 2 * m_theme.px(space::kM);
    if (badge(tab) > 0) {
        width += metrics.horizontalAdvance(badgeText(badge(tab))) + m_theme.px(space::kS + 10);
    }
    return {width, m_theme.px(kHeight)};
}

void Tabs::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(QRect(0, height() - 1, width(), 1), m_theme.color(Color::BorderSubtle));
    for (int tab = 0; tab < count(); ++tab) {
        const QRect area = tabRect(tab);
        const bool isCurrent = tab == currentIndex();
        const bool isUnderMouse = area.contains(mapFromGlobal(QCursor::pos())) && underMouse();
        painter.setFont(m_theme.font(isCurrent ? TypeRole::BodyStrong : TypeRole::Body));
        painter.setPen(
            m_theme.color(isCurrent || isUnderMouse ? Color::TextPrimary : Color::TextSecondary));
        const QRect text = area.adjusted(m_theme.px(space::kM), 0, 0, 0);
        painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, tabText(tab));
        if (badge(tab) > 0) {
            const QFontMetrics metrics(m_theme.font(TypeRole::BodyStrong));
            const int left =
                text.left() + metrics.horizontalAdvance(tabText(tab)) + m_theme.px(space::kS);
            painter.setFont(m_theme.font(TypeRole::Caption));
            const int wide =
                painter.fontMetrics().horizontalAdvance(badgeText(badge(tab))) + m_theme.px(10);
            const int high = m_theme.px(18);
            const QRect pill(left, area.center().y() - high / 2 + 1, wide, high);
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_theme.color(Color::WarningBg));
            painter.drawRoundedRect(pill, high / 2.0, high / 2.0);
            painter.setPen(m_theme.color(Color::WarningText));
            painter.drawText(pill, Qt::AlignCenter, badgeText(badge(tab)));
        }
        if (isCurrent) {
            painter.fillRect(
                QRect(
                    area.left() + m_theme.px(space::kM),
                    height() - kUnderline,
                    area.width() - 2 * m_theme.px(space::kM),
                    kUnderline),
                m_theme.color(Color::Link));
            if (hasFocus()) {
                painter.setPen(QPen(m_theme.color(Color::Focus), 2));
                painter.setBrush(Qt::NoBrush);
                painter.drawRoundedRect(
                    QRectF(area).adjusted(2, 2, -2, -4), space::kRadiusChip, space::kRadiusChip);
            }
        }
    }
}

} // namespace pilothouse::ui
