// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Severity.h"
#include "ui/theme/Tokens.h"

#include <QFont>
#include <QIcon>
#include <QObject>
#include <QPalette>
#include <QPixmap>

#include <memory>

class QApplication;

namespace pilothouse::ui {

class Icons;

/// A kind of text by its use (ui.md 2).
enum class TypeRole { Kpi, H1, H2, H3, Body, BodyStrong, Label, Caption, Mono };

/// Distances in pixels at text scale 100 %.
namespace space {
inline constexpr int kXs = 4;
inline constexpr int kS = 8;
inline constexpr int kM = 12;
inline constexpr int kL = 16;
inline constexpr int kXl = 24;
inline constexpr int kXxl = 32;
inline constexpr int kRadiusChip = 4;
inline constexpr int kRadiusControl = 6;
inline constexpr int kRadiusCard = 8;
} // namespace space

/// Everything about looks: colours, fonts, icons, sizes. The program makes one and gives it to
/// every widget by reference; it outlives them. Widgets that paint themselves repaint on `changed`.
/// GUI thread only.
class Theme : public QObject
{
    Q_OBJECT

public:
    static constexpr int kSmallestTextScale = 90;
    static constexpr int kLargestTextScale = 150;

    explicit Theme(QObject* parent = nullptr);
    ~Theme() override;

    /// Sets style, palette and font; call it before the first window is made. Later changes of the
    /// theme reach the application by palette and font alone: there is no style sheet, since
    /// changing one costs hundreds of milliseconds and having one slows every widget.
    void applyTo(QApplication& application);

    ThemeMode mode() const { return m_mode; }
    void setMode(ThemeMode mode);
    bool isDark() const;
    bool isHighContrast() const;

    /// Percent, held to 90 to 150.
    int textScale() const { return m_textScale; }
    void setTextScale(int percent);
    /// Lower rows and controls.
    bool isCompact() const { return m_compact; }
    void setCompact(bool compact);
    bool reducesMotion() const { return m_reduceMotion; }
    void setReduceMotion(bool reduce);

    QColor color(Color color) const { return m_tokens.color(color); }
    /// Colour of series 0, 1, 2 …; wraps after eight.
    QColor seriesColor(int index) const;
    QFont font(TypeRole role) const;
    const QPalette& palette() const { return m_palette; }

    /// A length of the design, times the text scale.
    int px(int length) const { return (length * m_textScale + 50) / 100; }
    int controlHeight() const { return px(m_compact ? 28 : 32); }
    int rowHeight() const { return px(m_compact ? 26 : 30); }

    /// A Lucide icon; `size` in pixels at text scale 100 %.
    QPixmap pixmap(const QString& name, Color color, int size, qreal devicePixelRatio = 1.0) const;
    /// The same as QIcon at 1x, 2x and 3x, with a disabled version.
    QIcon icon(const QString& name, Color color = Color::TextPrimary, int size = 16) const;

Q_SIGNALS:
    /// Colours, fonts or sizes changed.
    void changed();

private:
    void rebuild();
    void give() const;

    QByteArray m_json;
    ThemeMode m_mode = ThemeMode::Dark;
    int m_textScale = 100;
    bool m_compact = false;
    bool m_reduceMotion = false;
    Tokens m_tokens;
    QPalette m_palette;
    QApplication* m_application = nullptr;
    std::unique_ptr<Icons> m_icons;
};

} // namespace pilothouse::ui
