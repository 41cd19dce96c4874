// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/Settings.h"

#include <algorithm>
#include <array>

namespace pilothouse::ui {

namespace {

constexpr std::array kThemeNames{"system", "light", "dark", "high-contrast"};
constexpr std::array kDensityNames{"comfortable", "compact"};
constexpr std::array kTimeNames{"utc", "local"};
constexpr std::array kLogLevels{"debug", "info", "warning", "error"};

const auto kTheme = QStringLiteral("appearance/theme");
const auto kDensity = QStringLiteral("appearance/density");
const auto kTextScale = QStringLiteral("appearance/text-scale");
const auto kReduceMotion = QStringLiteral("appearance/reduce-motion");
const auto kTime = QStringLiteral("appearance/time");
const auto kLogLevel = QStringLiteral("advanced/log-level");
const auto kShortcuts = QStringLiteral("shortcuts");
const auto kLayout = QStringLiteral("layout/");

template <typename Enum, std::size_t size>
Enum namedValue(
    const QSettings& store, const QString& key, const std::array<const char*, size>& names)
{
    const QString text = store.value(key).toString();
    for (std::size_t index = 0; index < size; ++index) {
        if (text == QLatin1String(names[index])) {
            return static_cast<Enum>(index);
        }
    }
    return Enum{};
}

template <typename Enum, std::size_t size>
QString nameOf(Enum value, const std::array<const char*, size>& names)
{
    return QLatin1String(names[static_cast<std::size_t>(value)]);
}

int boundedValue(const QSettings& store, const QString& key, int low, int high, int fallback)
{
    bool isNumber = false;
    const int value = store.value(key).toInt(&isNumber);
    return isNumber && value >= low && value <= high ? value : fallback;
}

} // namespace

Settings::Settings(const QString& path, QObject* parent)
    : QObject(parent), m_store(path, QSettings::IniFormat)
{}

void Settings::set(const QString& key, const QVariant& value)
{
    if (m_store.value(key) == value) {
        return;
    }
    m_store.setValue(key, value);
    Q_EMIT changed();
}

ThemeChoice Settings::theme() const
{
    return namedValue<ThemeChoice>(m_store, kTheme, kThemeNames);
}

void Settings::setTheme(ThemeChoice choice)
{
    set(kTheme, nameOf(choice, kThemeNames));
}

Density Settings::density() const
{
    return namedValue<Density>(m_store, kDensity, kDensityNames);
}

void Settings::setDensity(Density density)
{
    set(kDensity, nameOf(density, kDensityNames));
}

int Settings::textScale() const
{
    return boundedValue(m_store, kTextScale, kSmallestTextScale, kLargestTextScale, 100);
}

void Settings::setTextScale(int percent)
{
    set(kTextScale, std::clamp(percent, kSmallestTextScale, kLargestTextScale));
}

bool Settings::reduceMotion() const
{
    return m_store.value(kReduceMotion).toBool();
}

void Settings::setReduceMotion(bool reduce)
{
    set(kReduceMotion, reduce);
}

TimeDisplay Settings::timeDisplay() const
{
    return namedValue<TimeDisplay>(m_store, kTime, kTimeNames);
}

void Settings::setTimeDisplay(TimeDisplay display)
{
    set(kTime, nameOf(display, kTimeNames));
}

QString Settings::logLevel() const
{
    const QString level = m_store.value(kLogLevel).toString();
    const bool isKnown = std::any_of(kLogLevels.begin(), kLogLevels.end(), [&](const char* known) {
        return level == QLatin1String(known);
    });
    return isKnown ? level : QStringLiteral("warning");
}

void Settings::setLogLevel(const QString& level)
{
    set(kLogLevel, level);
}

std::optional<QKeySequence> Settings::shortcut(const QString& commandId) const
{
    const QVariant text = m_store.value(kShortcuts + QLatin1Char('/') + commandId);
    if (!text.isValid()) {
        return std::nullopt;
    }
    return QKeySequence(text.toString(), QKeySequence::PortableText);
}

void Settings::setShortcut(const QString& commandId, const QKeySequence& sequence)
{
    set(kShortcuts + QLatin1Char('/') + commandId, sequence.toString(QKeySequence::PortableText));
}

void Settings::resetShortcut(const QString& commandId)
{
    m_store.remove(kShortcuts + QLatin1Char('/') + commandId);
    Q_EMIT changed();
}

void Settings::resetAllShortcuts()
{
    m_store.remove(kShortcuts);
    Q_EMIT changed();
}

QByteArray Settings::layout(const QString& key) const
{
    return m_store.value(kLayout + key).toByteArray();
}

void Settings::setLayout(const QString& key, const QByteArray& state)
{
    m_store.setValue(kLayout + key, state);
}

} // namespace pilothouse::ui
