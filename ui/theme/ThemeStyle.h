// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Tokens.h"

#include <QProxyStyle>

namespace pilothouse::ui {

class Theme;

/// What a push button or tool button is for; see `setButtonKind`.
enum class ButtonKind { Secondary, Primary, Danger, Quiet };

/// Marks a button for ThemeStyle: Secondary (the default) is edged, Primary and Danger are filled,
/// Quiet shows its edge only under the pointer or focus.
void setButtonKind(QWidget& button, ButtonKind kind);
ButtonKind buttonKind(const QWidget* button);

/// Fusion with our shapes: rounded flat buttons and inputs, a 2 px focus ring, thin scroll bars,
/// plain headers. Colours come from the theme at paint time, so a change of theme needs no polish.
class ThemeStyle : public QProxyStyle
{
    Q_OBJECT

public:
    explicit ThemeStyle(const Theme& theme);

    void polish(QWidget* widget) override;
    void drawPrimitive(
        PrimitiveElement element,
        const QStyleOption* option,
        QPainter* painter,
        const QWidget* widget) const override;
    void drawControl(
        ControlElement element,
        const QStyleOption* option,
        QPainter* painter,
        const QWidget* widget) const override;
    void drawComplexControl(
        ComplexControl control,
        const QStyleOptionComplex* option,
        QPainter* painter,
        const QWidget* widget) const override;
    QRect subControlRect(
        ComplexControl control,
        const QStyleOptionComplex* option,
        SubControl subControl,
        const QWidget* widget) const override;
    QRect subElementRect(
        SubElement element, const QStyleOption* option, const QWidget* widget) const override;
    int pixelMetric(
        PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    QSize sizeFromContents(
        ContentsType type,
        const QStyleOption* option,
        const QSize& size,
        const QWidget* widget) const override;
    int styleHint(
        StyleHint hint,
        const QStyleOption* option,
        const QWidget* widget,
        QStyleHintReturn* data) const override;

private:
    struct Shape
    {
        Color fill = Color::Surface;
        Color edge = Color::BorderSubtle;
        bool hasEdge = true;
        qreal radius = 6;
    };

    void drawShape(QPainter& painter, const QRectF& rect, const Shape& shape) const;
    void drawFocusRing(QPainter& painter, const QRectF& rect, qreal radius) const;
    void drawButton(const QStyleOption& option, QPainter& painter, const QWidget* widget) const;
    void drawInput(const QStyleOption& option, QPainter& painter) const;
    void drawCheck(const QStyleOption& option, QPainter& painter, bool radio) const;
    void drawScrollBar(const QStyleOptionComplex& option, QPainter& painter) const;
    void drawHeader(const QStyleOption& option, QPainter& painter) const;
    void drawProgress(const QStyleOption& option, QPainter& painter) const;
    void drawComboBox(
        const QStyleOptionComplex& option, QPainter& painter, const QWidget* widget) const;

    const Theme& m_theme;
};

} // namespace pilothouse::ui
