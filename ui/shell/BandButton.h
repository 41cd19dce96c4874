// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QAbstractButton>

namespace pilothouse::ui {

/// A flat button on the environment band: icon, a strong word and plain text, in the band's own
/// text colour or as a pill in another fill, so that it reads on every environment.
class BandButton : public QAbstractButton
{
    Q_OBJECT

public:
    explicit BandButton(const Theme& theme, QWidget* parent = nullptr);

    /// `strong` comes first, in capitals on the band; either may be empty. The accessible name is
    /// both.
    void setContent(const QString& icon, const QString& strong, const QString& text);
    /// Text colour, and the fill of the pill where `hasFill`.
    void setColors(Color text, Color fill, bool hasFill);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    QString m_icon;
    QString m_strong;
    QString m_text;
    Color m_color = Color::OnEnvLocal;
    Color m_fill = Color::EnvLocal;
    bool m_hasFill = false;
};

} // namespace pilothouse::ui
