// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"
#include "ui/theme/ThemeStyle.h"

#include <QPushButton>

namespace pilothouse::ui {

/// A button with a kind and an icon that follow the theme. With an icon and no visible text, `text`
/// becomes accessible name and tooltip.
class Button : public QPushButton
{
    Q_OBJECT

public:
    Button(
        const Theme& theme,
        ButtonKind kind,
        const QString& text,
        const QString& icon = {},
        QWidget* parent = nullptr);

    /// A square button that shows only its icon.
    static Button* iconOnly(
        const Theme& theme, const QString& name, const QString& icon, QWidget* parent);

    void setIconName(const QString& icon);

private:
    void restyle();

    const Theme& m_theme;
    ButtonKind m_kind;
    QString m_icon;
};

} // namespace pilothouse::ui
