// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QLabel>

namespace pilothouse::ui {

/// Text of one role and colour that follows the theme. With `setElided` a text that is too long for
/// its place ends in an ellipsis and its whole is the tooltip.
class TextLabel : public QLabel
{
    Q_OBJECT

public:
    TextLabel(const Theme& theme, TypeRole role, const QString& text, QWidget* parent = nullptr);
    TextLabel(
        const Theme& theme,
        TypeRole role,
        Color color,
        const QString& text,
        QWidget* parent = nullptr);

    void setColor(Color color);
    void setElided(bool elided);
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void restyle();

    const Theme& m_theme;
    TypeRole m_role;
    Color m_color;
    bool m_elided = false;
};

} // namespace pilothouse::ui
