// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QObject>
#include <QSettings>

#include <optional>

namespace pilothouse::ui {

enum class ThemeChoice { System, Light, Dark, HighContrast };
enum class Density { Comfortable, Compact };
enum class TimeDisplay { Utc, Local };

/// What the operator chose, typed, kept in one file. A value in the file that makes no sense counts
/// as not set. Setters write through and send `changed`. GUI thread only.
class Settings : public QObject
{
    Q_OBJECT

public:
    static constexpr int kSmallestTextScale = 90;
    static constexpr int kLargestTextScale = 150;

    /// `path` of an INI file; it need not exist.
    explicit Settings(const QString& path, QObject* parent = nullptr);

    ThemeChoice theme() const;
    void setTheme(ThemeChoice choice);
    Density density() const;
    void setDensity(Density density);
    /// Percent.
    int textScale() const;
    void setTextScale(int percent);
    bool reduceMotion() const;
    void setReduceMotion(bool reduce);
    TimeDisplay timeDisplay() const;
    void setTimeDisplay(TimeDisplay display);

    /// "debug", "info", "warning" or "error".
    QString logLevel() const;
    void setLogLevel(const QString& level);

    /// The operator's own key for a command; nothing when the default stands. An empty sequence
    /// means the command has no key.
    std::optional<QKeySequence> shortcut(const QString& commandId) const;
    void setShortcut(const QString& commandId, const QKeySequence& sequence);
    void resetShortcut(const QString& commandId);
    void resetAllShortcuts();

    /// Layout that a window or page keeps (geometry, splitters, columns), by key; no `changed` for
    /// these.
    QByteArray layout(const QString& key) const;
    void setLayout(const QString& key, const QByteArray& state);

    QString path() const { return m_store.fileName(); }

Q_SIGNALS:
    void changed();

private:
    void set(const QString& key, const QVariant& value);

    QSettings m_store;
};

} // namespace pilothouse::ui
