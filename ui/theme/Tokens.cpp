// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/Tokens.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace pilothouse::ui {

QString colorName(Color color)
{
    switch (color) {
#define X(id, name)                                                                                \
    case Color::id:                                                                                \
        return QStringLiteral(#name);
        PILOTHOUSE_COLORS(X)
#undef X
    }
    return {};
}

QString themeModeName(ThemeMode mode)
{
    switch (mode) {
    case ThemeMode::Dark:
        return QStringLiteral("dark");
    case ThemeMode::Light:
        return QStringLiteral("light");
    case ThemeMode::HighContrastDark:
        return QStringLiteral("highContrastDark");
    case ThemeMode::HighContrastLight:
        return QStringLiteral("highContrastLight");
    }
    return {};
}

Tokens Tokens::parse(const QByteArray& json, ThemeMode mode)
{
    const QJsonObject object =
        QJsonDocument::fromJson(json).object().value(themeModeName(mode)).toObject();
    Tokens tokens;
    for (int index = 0; index < kColorCount; ++index) {
        const QString name = colorName(static_cast<Color>(index));
        const QColor color(object.value(name).toString());
        if (!color.isValid()) {
            qFatal(
                "tokens.json: %s.%s is not a colour",
                qPrintable(themeModeName(mode)),
                qPrintable(name));
        }
        tokens.m_colors[static_cast<std::size_t>(index)] = color;
    }
    return tokens;
}

} // namespace pilothouse::ui
