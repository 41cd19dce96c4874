// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/ThemeStyle.h"

#include "ui/theme/Theme.h"

#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>
#include <QToolButton>
#include <QVariant>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr auto kKindProperty = "pilothouseButtonKind";

/// Centres a one-pixel pen on the pixel grid.
QRectF inner(const QRectF& rect)
{
    return rect.adjusted(0.5, 0.5, -0.5, -0.5);
}

} // namespace

void setButtonKind(QWidget& button, ButtonKind kind)
{
    button.setProperty(kKindProperty, static_cast<int>(kind));
    button.update();
}

ButtonKind buttonKind(const QWidget* button)
{
    return button == nullptr ? ButtonKind::Secondary
                             : static_cast<ButtonKind>(button->property(kKindProperty).toInt());
}

ThemeStyle::ThemeStyle(const Theme& theme)
    : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))), m_theme(theme)
{}

void ThemeStyle::polish(QWidget* widget)
{
    QProxyStyle::polish(widget);
    if (widget->inherits("QAbstractButton") || widget->inherits("QComboBox") ||
        widget->inherits("QHeaderView") || widget->inherits("QScrollBar")) {
        widget->setAttribute(Qt::WA_Hover);
    }
}

void ThemeStyle::drawShape(QPainter& painter, const QRectF& rect, const Shape& shape) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(m_theme.color(shape.fill));
    painter.setPen(shape.hasEdge ? QPen(m_theme.color(shape.edge), 1) : QPen(Qt::NoPen));
    painter.drawRoundedRect(shape.hasEdge ? inner(rect) : rect, shape.radius, shape.radius);
    painter.restore();
}

void ThemeStyle::drawFocusRing(QPainter& painter, const QRectF& rect, qreal radius) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_theme.color(Color::Focus), 2));
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius);
    painter.restore();
}

void ThemeStyle::drawButton(
    const QStyleOption& option, QPainter& painter, const QWidget* widget) const
{
    const bool enabled = option.state & State_Enabled;
    const bool hovered = enabled && (option.state & State_MouseOver);
    const bool down = option.state & (State_Sunken | State_On);
    const ButtonKind kind = buttonKind(widget);
    Shape shape{Color::Raised, Color::BorderStrong};
    if (!enabled) {
        shape = {Color::Surface, Color::BorderSubtle, kind != ButtonKind::Quiet};
    } else if (kind == ButtonKind::Primary) {
        const Color fill = hovered || down ? Color::AccentHover : Color::Accent;
        shape = {fill, fill, false};
    } else if (kind == ButtonKind::Danger) {
        shape = {Color::Danger, Color::OnDanger, down};
    } else if (kind == ButtonKind::Quiet) {
        shape = {down ? Color::Selection : Color::Hover, Color::BorderSubtle, false};
    } else if (down) {
        shape.fill = Color::Selection;
    } else if (hovered) {
        shape.fill = Color::Hover;
    }
    if (kind != ButtonKind::Quiet || hovered || down) {
        drawShape(painter, option.rect, shape);
    }
    if ((option.state & State_HasFocus) && (option.state & State_KeyboardFocusChange)) {
        drawFocusRing(painter, option.rect, shape.radius);
    }
}

void ThemeStyle::drawInput(const QStyleOption& option, QPainter& painter) const
{
    const bool enabled = option.state & State_Enabled;
    drawShape(
        painter,
        option.rect,
        {enabled ? Color::Sunken : Color::Surface,
         enabled ? Color::BorderStrong : Color::BorderSubtle});
    if (option.state & State_HasFocus) {
        drawFocusRing(painter, option.rect, space::kRadiusControl);
    }
}

void ThemeStyle::drawCheck(const QStyleOption& option, QPainter& painter, bool radio) const
{
    const bool on = option.state & State_On;
    const bool enabled = option.state & State_Enabled;
    const qreal radius = radio ? option.rect.height() / 2.0 : 4.0;
    const Color fill = on && enabled ? Color::Accent : Color::Sunken;
    drawShape(
        painter,
        option.rect,
        {fill, enabled ? Color::BorderStrong : Color::BorderSubtle, true, radius});
    const Color mark = enabled ? Color::OnAccent : Color::TextDisabled;
    if (on && radio) {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(mark));
        const qreal inset = option.rect.height() / 3.2;
        painter.drawEllipse(QRectF(option.rect).adjusted(inset, inset, -inset, -inset));
        painter.restore();
    } else if (on || (option.state & State_NoChange)) {
        const QPixmap pixmap = m_theme.pixmap(
            on ? QStringLiteral("check") : QStringLiteral("minus"),
            mark,
            12,
            painter.device()->devicePixelRatioF());
        drawItemPixmap(&painter, option.rect, Qt::AlignCenter, pixmap);
    }
}

void ThemeStyle::drawPrimitive(
    PrimitiveElement element,
    const QStyleOption* option,
    QPainter* painter,
    const QWidget* widget) const
{
    switch (element) {
    case PE_PanelButtonCommand:
    case PE_PanelButtonTool:
        drawButton(*option, *painter, widget);
        return;
    case PE_PanelLineEdit: {
        const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
        if (frame != nullptr && frame->lineWidth > 0) {
            drawInput(*option, *painter);
        }
        return;
    }
    case PE_FrameLineEdit:
    case PE_FrameButtonTool:
    case PE_FrameFocusRect: // our widgets draw their own ring
    case PE_FrameTabBarBase:
        return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
    case PE_IndicatorRadioButton:
        drawCheck(*option, *painter, element == PE_IndicatorRadioButton);
        return;
    case PE_PanelTipLabel:
    case PE_FrameMenu:
    case PE_PanelMenu:
        painter->fillRect(option->rect, m_theme.color(Color::Raised));
        painter->setPen(m_theme.color(Color::BorderSubtle));
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        return;
    case PE_IndicatorArrowDown:
    case PE_IndicatorArrowUp:
    case PE_IndicatorArrowRight:
    case PE_IndicatorArrowLeft: {
        const QString name = element == PE_IndicatorArrowDown    ? QStringLiteral("chevron-down")
                             : element == PE_IndicatorArrowUp    ? QStringLiteral("chevron-up")
                             : element == PE_IndicatorArrowRight ? QStringLiteral("chevron-right")
                                                                 : QStringLiteral("chevron-left");
        drawItemPixmap(
            painter,
            option->rect,
            Qt::AlignCenter,
            m_theme.pixmap(name, Color::TextSecondary, 14, painter->device()->devicePixelRatioF()));
        return;
    }
    case PE_IndicatorBranch:
        if (option->state & State_Children) {
            drawItemPixmap(
                painter,
                option->rect,
                Qt::AlignCenter,
                m_theme.pixmap(
                    (option->state & State_Open) ? QStringLiteral("chevron-down")
                                                 : QStringLiteral("chevron-right"),
                    Color::TextSecondary,
                    14,
                    painter->device()->devicePixelRatioF()));
        }
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void ThemeStyle::drawControl(
    ControlElement element,
    const QStyleOption* option,
    QPainter* painter,
    const QWidget* widget) const
{
    if (element == CE_PushButtonLabel || element == CE_ToolButtonLabel) {
        const ButtonKind kind = buttonKind(widget);
        const bool filled = kind == ButtonKind::Primary || kind == ButtonKind::Danger;
        const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
        if (button != nullptr) {
            QStyleOptionButton copy(*button);
            copy.state &= ~(State_Sunken | State_On); // labels do not move when pressed
            copy.features &= ~QStyleOptionButton::HasMenu;
            if (filled && (option->state & State_Enabled)) {
                copy.palette.setColor(
                    QPalette::ButtonText,
                    m_theme.color(kind == ButtonKind::Primary ? Color::OnAccent : Color::OnDanger));
            }
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return;
        }
    }
    if (element == CE_HeaderSection || element == CE_HeaderEmptyArea) {
        drawHeader(*option, *painter);
        return;
    }
    if (element == CE_ProgressBarGroove || element == CE_ProgressBarLabel) {
        return;
    }
    if (element == CE_ProgressBarContents) {
        drawProgress(*option, *painter);
        return;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void ThemeStyle::drawHeader(const QStyleOption& option, QPainter& painter) const
{
    painter.fillRect(option.rect, m_theme.color(Color::Surface));
    painter.fillRect(
        QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
        m_theme.color(Color::BorderSubtle));
}

void ThemeStyle::drawProgress(const QStyleOption& option, QPainter& painter) const
{
    const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(&option);
    if (bar == nullptr) {
        return;
    }
    const int span = std::max(1, bar->maximum - bar->minimum);
    const double part =
        std::clamp(static_cast<double>(bar->progress - bar->minimum) / span, 0.0, 1.0);
    QRectF rect(option.rect);
    rect = QRectF(rect.left(), rect.center().y() - 3, rect.width(), 6);
    drawShape(painter, rect, {Color::BorderSubtle, Color::BorderSubtle, false, 3});
    rect.setWidth(rect.width() * part);
    drawShape(painter, rect, {Color::Accent, Color::Accent, false, 3});
}

} // namespace pilothouse::ui
