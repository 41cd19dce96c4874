// SPDX-License-Identifier: GPL-3.0-or-later
// Sizes and compound controls of ThemeStyle.
#include "ui/theme/Theme.h"
#include "ui/theme/ThemeStyle.h"

#include <QPainter>
#include <QScrollBar>
#include <QStyleOption>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kScrollBarExtent = 12;
constexpr int kShortestHandle = 28;

} // namespace

void ThemeStyle::drawComplexControl(
    ComplexControl control,
    const QStyleOptionComplex* option,
    QPainter* painter,
    const QWidget* widget) const
{
    if (control == CC_ScrollBar) {
        drawScrollBar(*option, *painter);
    } else if (control == CC_ComboBox) {
        drawComboBox(*option, *painter, widget);
    } else {
        QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

void ThemeStyle::drawScrollBar(const QStyleOptionComplex& option, QPainter& painter) const
{
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(&option);
    if (bar == nullptr || bar->maximum <= bar->minimum) {
        return;
    }
    QRectF handle = subControlRect(CC_ScrollBar, &option, SC_ScrollBarSlider, nullptr);
    const bool active =
        (option.state & State_MouseOver) || (option.activeSubControls & SC_ScrollBarSlider);
    const qreal inset = active ? 2 : 3;
    handle.adjust(inset, inset, -inset, -inset);
    const qreal radius = std::min(handle.width(), handle.height()) / 2;
    drawShape(
        painter,
        handle,
        {active ? Color::TextSecondary : Color::BorderStrong, Color::BorderStrong, false, radius});
}

void ThemeStyle::drawComboBox(
    const QStyleOptionComplex& option, QPainter& painter, const QWidget* widget) const
{
    const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(&option);
    if (combo == nullptr) {
        return;
    }
    if (combo->editable) {
        drawInput(option, painter);
    } else {
        QStyleOption panel(static_cast<const QStyleOption&>(option));
        panel.state &= ~(State_On | State_Sunken);
        drawButton(panel, painter, widget);
    }
    const QRect arrow = subControlRect(CC_ComboBox, &option, SC_ComboBoxArrow, widget);
    drawItemPixmap(
        &painter,
        arrow,
        Qt::AlignCenter,
        m_theme.pixmap(
            QStringLiteral("chevron-down"),
            (option.state & State_Enabled) ? Color::TextSecondary : Color::TextDisabled,
            14,
            painter.device()->devicePixelRatioF()));
}

QRect ThemeStyle::subControlRect(
    ComplexControl control,
    const QStyleOptionComplex* option,
    SubControl subControl,
    const QWidget* widget) const
{
    if (control == CC_ComboBox) {
        const QRect rect = option->rect;
        const int arrow = m_theme.px(26);
        if (subControl == SC_ComboBoxArrow) {
            return visualRect(
                option->direction,
                rect,
                QRect(rect.right() - arrow, rect.top(), arrow, rect.height()));
        }
        if (subControl == SC_ComboBoxEditField) {
            return visualRect(
                option->direction, rect, rect.adjusted(m_theme.px(10), 1, -arrow, -1));
        }
    }
    if (control != CC_ScrollBar) {
        return QProxyStyle::subControlRect(control, option, subControl, widget);
    }
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (bar == nullptr) {
        return {};
    }
    // No arrow buttons: the groove is the whole bar.
    const bool horizontal = bar->orientation == Qt::Horizontal;
    const int length = horizontal ? bar->rect.width() : bar->rect.height();
    const int range = bar->maximum - bar->minimum;
    int handle = length;
    if (range > 0) {
        const double part = static_cast<double>(bar->pageStep) / (range + bar->pageStep);
        handle = std::clamp(
            static_cast<int>(length * part), kShortestHandle, std::max(kShortestHandle, length));
    }
    const int start = sliderPositionFromValue(
        bar->minimum, bar->maximum, bar->sliderPosition, length - handle, bar->upsideDown);
    const auto along = [&](int from, int size) {
        return horizontal
                   ? QRect(bar->rect.left() + from, bar->rect.top(), size, bar->rect.height())
                   : QRect(bar->rect.left(), bar->rect.top() + from, bar->rect.width(), size);
    };
    switch (subControl) {
    case SC_ScrollBarGroove:
        return bar->rect;
    case SC_ScrollBarSlider:
        return along(start, handle);
    case SC_ScrollBarSubPage:
        return along(0, start);
    case SC_ScrollBarAddPage:
        return along(start + handle, length - start - handle);
    default:
        return {};
    }
}

QRect ThemeStyle::subElementRect(
    SubElement element, const QStyleOption* option, const QWidget* widget) const
{
    const QRect rect = QProxyStyle::subElementRect(element, option, widget);
    const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
    if (element == SE_LineEditContents && frame != nullptr && frame->lineWidth > 0) {
        return rect.adjusted(m_theme.px(6), 0, -m_theme.px(6), 0);
    }
    return rect;
}

int ThemeStyle::pixelMetric(
    PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent:
        return kScrollBarExtent;
    case PM_ScrollBarSliderMin:
        return kShortestHandle;
    case PM_ScrollView_ScrollBarSpacing:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_ButtonIconSize:
    case PM_SmallIconSize:
        return m_theme.px(16);
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return m_theme.px(18);
    case PM_TreeViewIndentation:
        return m_theme.px(16);
    case PM_HeaderMargin:
        return m_theme.px(8);
    case PM_HeaderMarkSize:
        return m_theme.px(14);
    case PM_MenuHMargin:
    case PM_MenuVMargin:
        return 4;
    case PM_SplitterWidth:
        return m_theme.px(9);
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

QSize ThemeStyle::sizeFromContents(
    ContentsType type, const QStyleOption* option, const QSize& size, const QWidget* widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    const int control = m_theme.controlHeight();
    switch (type) {
    case CT_PushButton:
        result = QSize(size.width() + m_theme.px(24), std::max(control, size.height()));
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
            button != nullptr && button->text.isEmpty()) {
            result.setWidth(control);
        }
        break;
    case CT_ToolButton:
        result = result.expandedTo(QSize(m_theme.px(28), m_theme.px(28)));
        break;
    case CT_ComboBox:
        result = QSize(size.width() + m_theme.px(40), std::max(control, size.height()));
        break;
    case CT_LineEdit:
    case CT_SpinBox:
        result.setHeight(std::max(control, size.height()));
        break;
    case CT_MenuItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
            item != nullptr && item->menuItemType != QStyleOptionMenuItem::Separator) {
            result.setHeight(std::max(m_theme.px(30), result.height()));
            result.rwidth() += m_theme.px(16);
        }
        break;
    case CT_HeaderSection:
        result.setHeight(std::max(m_theme.rowHeight(), result.height()));
        break;
    default:
        break;
    }
    return result;
}

int ThemeStyle::styleHint(
    StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const
{
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_DialogButtonBox_ButtonsHaveIcons:
    case SH_ItemView_ArrowKeysNavigateIntoChildren:
    case SH_Widget_Animate:
    case SH_ComboBox_Popup:
        return 0;
    case SH_ItemView_ShowDecorationSelected:
    case SH_ToolTip_WakeUpDelay:
        return hint == SH_ToolTip_WakeUpDelay ? 500 : 1;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

} // namespace pilothouse::ui
