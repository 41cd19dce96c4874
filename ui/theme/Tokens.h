// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QColor>
#include <QString>

#include <array>

namespace pilothouse::ui {

// One definition of every colour: the enum, the name in tokens.json and the count come from it.
#define PILOTHOUSE_COLORS(X)                                                                       \
    X(Canvas, canvas)                                                                              \
    X(Surface, surface)                                                                            \
    X(Raised, raised)                                                                              \
    X(Sunken, sunken)                                                                              \
    X(Selection, selection)                                                                        \
    X(Hover, hover)                                                                                \
    X(BorderSubtle, borderSubtle)                                                                  \
    X(BorderStrong, borderStrong)                                                                  \
    X(TextPrimary, textPrimary)                                                                    \
    X(TextSecondary, textSecondary)                                                                \
    X(TextDisabled, textDisabled)                                                                  \
    X(Link, link)                                                                                  \
    X(Accent, accent)                                                                              \
    X(AccentHover, accentHover)                                                                    \
    X(OnAccent, onAccent)                                                                          \
    X(Danger, danger)                                                                              \
    X(OnDanger, onDanger)                                                                          \
    X(Focus, focus)                                                                                \
    X(Ok, ok)                                                                                      \
    X(OkText, okText)                                                                              \
    X(OkBg, okBg)                                                                                  \
    X(Info, info)                                                                                  \
    X(InfoText, infoText)                                                                          \
    X(InfoBg, infoBg)                                                                              \
    X(Warning, warning)                                                                            \
    X(WarningText, warningText)                                                                    \
    X(WarningBg, warningBg)                                                                        \
    X(Error, error)                                                                                \
    X(ErrorText, errorText)                                                                        \
    X(ErrorBg, errorBg)                                                                            \
    X(Critical, critical)                                                                          \
    X(CriticalText, criticalText)                                                                  \
    X(CriticalBg, criticalBg)                                                                      \
    X(Unknown, unknown)                                                                            \
    X(UnknownText, unknownText)                                                                    \
    X(UnknownBg, unknownBg)                                                                        \
    X(EnvProd, envProd)                                                                            \
    X(OnEnvProd, onEnvProd)                                                                        \
    X(EnvStaging, envStaging)                                                                      \
    X(OnEnvStaging, onEnvStaging)                                                                  \
    X(EnvDev, envDev)                                                                              \
    X(OnEnvDev, onEnvDev)                                                                          \
    X(EnvTest, envTest)                                                                            \
    X(OnEnvTest, onEnvTest)                                                                        \
    X(EnvLocal, envLocal)                                                                          \
    X(OnEnvLocal, onEnvLocal)                                                                      \
    X(SlotBlue, slotBlue)                                                                          \
    X(SlotGreen, slotGreen)                                                                        \
    X(Series1, s1)                                                                                 \
    X(Series2, s2)                                                                                 \
    X(Series3, s3)                                                                                 \
    X(Series4, s4)                                                                                 \
    X(Series5, s5)                                                                                 \
    X(Series6, s6)                                                                                 \
    X(Series7, s7)                                                                                 \
    X(Series8, s8)

/// A colour by what it is for (ui.md 2.1 to 2.4).
enum class Color {
#define X(id, name) id,
    PILOTHOUSE_COLORS(X)
#undef X
};

#define X(id, name) +1
inline constexpr int kColorCount = PILOTHOUSE_COLORS(X);
#undef X

inline constexpr int kSeriesColors = 8;

enum class ThemeMode { Dark, Light, HighContrastDark, HighContrastLight };

inline constexpr int kThemeModeCount = 4;

/// The name in tokens.json.
QString colorName(Color color);
QString themeModeName(ThemeMode mode);

/// The colours of one mode.
class Tokens
{
public:
    /// Reads the mode's object of tokens.json. A missing or malformed colour is a broken build and
    /// ends the program with its name.
    static Tokens parse(const QByteArray& json, ThemeMode mode);

    QColor color(Color color) const { return m_colors[static_cast<std::size_t>(color)]; }

private:
    std::array<QColor, kColorCount> m_colors;
};

} // namespace pilothouse::ui
