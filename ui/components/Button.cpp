// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/Button.h"

namespace pilothouse::ui {

Button::Button(
    const Theme& theme, ButtonKind kind, const QString& text, const QString& icon, QWidget* parent)
    : QPushButton(text, parent), m_theme(theme), m_kind(kind), m_icon(icon)
{
    setButtonKind(*this, kind);
    setAutoDefault(false);
    restyle();
    connect(&theme, &Theme::changed, this, &Button::restyle);
}

Button* Button::iconOnly(
    const Theme& theme, const QString& name, const QString& icon, QWidget* parent)
{
    auto* button = new Button(theme, ButtonKind::Quiet, {}, icon, parent);
    button->setAccessibleName(name);
    button->setToolTip(name);
    return button;
}

void Button::setIconName(const QString& icon)
{
    if (icon != m_icon) {
        m_icon = icon;
        restyle();
    }
}

void Button::restyle()
{
    Color color = Color::TextPrimary;
    if (m_kind == ButtonKind::Primary) {
        color = Color::OnAccent;
    } else if (m_kind == ButtonKind::Danger) {
        color = Color::OnDanger;
    }
    if (!m_icon.isEmpty()) {
        setIcon(m_theme.icon(m_icon, color));
        setIconSize({m_theme.px(16), m_theme.px(16)});
    }
    QFont font = m_theme.font(TypeRole::Body);
    if (m_kind == ButtonKind::Primary || m_kind == ButtonKind::Danger) {
        font.setWeight(QFont::DemiBold);
    } else {
        font.setWeight(QFont::Medium);
    }
    setFont(font);
    updateGeometry();
}

} // namespace pilothouse::ui
