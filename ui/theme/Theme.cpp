// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/Theme.h"

#include "ui/theme/Fonts.h"
#include "ui/theme/Icons.h"
#include "ui/theme/ThemeStyle.h"

#include <QApplication>
#include <QFile>

#include <algorithm>

namespace pilothouse::ui {

namespace {

struct TypeSpec
{
    int pixels = 0;
    QFont::Weight weight = QFont::Normal;
    bool mono = false;
};

TypeSpec specOf(TypeRole role)
{
    switch (role) {
    case TypeRole::Kpi:
        return {28, QFont::DemiBold};
    case TypeRole::H1:
        return {20, QFont::DemiBold};
    case TypeRole::H2:
        return {16, QFont::DemiBold};
    case TypeRole::H3:
        return {14, QFont::DemiBold};
    case TypeRole::BodyStrong:
        return {13, QFont::Medium};
    case TypeRole::Label:
        return {12, QFont::Normal};
    case TypeRole::Caption:
        return {11, QFont::DemiBold};
    case TypeRole::Mono:
        return {12, QFont::Normal, true};
    case TypeRole::Body:
        break;
    }
    return {13, QFont::Normal};
}

QByteArray readResource(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        qFatal("resource %s is missing", qPrintable(path));
    }
    return file.readAll();
}

} // namespace

Theme::Theme(QObject* parent)
    : QObject(parent),
      m_json(readResource(QStringLiteral(":/pilothouse/themes/tokens.json"))),
      m_icons(std::make_unique<Icons>())
{
    loadFonts();
    rebuild();
}

Theme::~Theme() = default;

void Theme::applyTo(QApplication& application)
{
    m_application = &application;
    application.setStyle(new ThemeStyle(*this)); // the application owns it
    give();
}

void Theme::setMode(ThemeMode mode)
{
    if (mode != m_mode) {
        m_mode = mode;
        rebuild();
        give();
        Q_EMIT changed();
    }
}

bool Theme::isDark() const
{
    return m_mode == ThemeMode::Dark || m_mode == ThemeMode::HighContrastDark;
}

bool Theme::isHighContrast() const
{
    return m_mode == ThemeMode::HighContrastDark || m_mode == ThemeMode::HighContrastLight;
}

void Theme::setTextScale(int percent)
{
    const int held = std::clamp(percent, kSmallestTextScale, kLargestTextScale);
    if (held != m_textScale) {
        m_textScale = held;
        give();
        Q_EMIT changed();
    }
}

void Theme::setCompact(bool compact)
{
    if (compact != m_compact) {
        m_compact = compact;
        Q_EMIT changed();
    }
}

void Theme::setReduceMotion(bool reduce)
{
    if (reduce != m_reduceMotion) {
        m_reduceMotion = reduce;
        Q_EMIT changed();
    }
}

QColor Theme::seriesColor(int index) const
{
    const int wrapped = ((index % kSeriesColors) + kSeriesColors) % kSeriesColors;
    return color(static_cast<Color>(static_cast<int>(Color::Series1) + wrapped));
}

QFont Theme::font(TypeRole role) const
{
    const TypeSpec spec = specOf(role);
    QFont font(spec.mono ? kMonoFamily : kSansFamily);
    font.setPixelSize(px(spec.pixels));
    font.setWeight(spec.weight);
    font.setStyleHint(spec.mono ? QFont::Monospace : QFont::SansSerif);
    return font;
}

QPixmap Theme::pixmap(const QString& name, Color token, int size, qreal devicePixelRatio) const
{
    return m_icons->pixmap(name, color(token), px(size), devicePixelRatio);
}

QIcon Theme::icon(const QString& name, Color color, int size) const
{
    QIcon icon;
    for (const qreal ratio : {1.0, 2.0, 3.0}) {
        icon.addPixmap(pixmap(name, color, size, ratio), QIcon::Normal);
        icon.addPixmap(pixmap(name, Color::TextDisabled, size, ratio), QIcon::Disabled);
    }
    return icon;
}

void Theme::rebuild()
{
    m_tokens = Tokens::parse(m_json, m_mode);
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, Color token) {
        palette.setColor(role, color(token));
    };
    set(QPalette::Window, Color::Canvas);
    set(QPalette::WindowText, Color::TextPrimary);
    set(QPalette::Base, Color::Surface);
    set(QPalette::AlternateBase, isHighContrast() ? Color::Surface : Color::Hover);
    set(QPalette::Text, Color::TextPrimary);
    set(QPalette::PlaceholderText, Color::TextSecondary);
    set(QPalette::Button, Color::Raised);
    set(QPalette::ButtonText, Color::TextPrimary);
    set(QPalette::BrightText, Color::OnDanger);
    set(QPalette::Highlight, Color::Selection);
    set(QPalette::HighlightedText, Color::TextPrimary);
    set(QPalette::Link, Color::Link);
    set(QPalette::LinkVisited, Color::Link);
    set(QPalette::ToolTipBase, Color::Raised);
    set(QPalette::ToolTipText, Color::TextPrimary);
    set(QPalette::Light, Color::Raised);
    set(QPalette::Midlight, Color::BorderSubtle);
    set(QPalette::Mid, Color::BorderSubtle);
    set(QPalette::Dark, Color::BorderStrong);
    set(QPalette::Shadow, Color::Sunken);
    for (const QPalette::ColorRole role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText}) {
        palette.setColor(QPalette::Disabled, role, color(Color::TextDisabled));
    }
    m_palette = palette;
}

void Theme::give() const
{
    if (m_application != nullptr) {
        m_application->setFont(font(TypeRole::Body));
        m_application->setPalette(m_palette);
    }
}

} // namespace pilothouse::ui
