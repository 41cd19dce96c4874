// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <memory>

namespace pilothouse::desktop {

class SystemThemePlatform;

/// Whether the desktop is dark, and its changes. Qt tells it only from 6.5 on, so each platform is
/// asked in its own file; where none answers, the lightness of the palette that the program started
/// with decides. Nothing here blocks. GUI thread only.
class SystemTheme : public QObject
{
    Q_OBJECT

public:
    /// Make it before the application's palette is changed. `lastKnown` is what an earlier run saw,
    /// so that the first window has the right colours before the desktop answers; nothing: the
    /// palette.
    enum class LastKnown { Nothing, Dark, Light };
    explicit SystemTheme(LastKnown lastKnown, QObject* parent = nullptr);
    ~SystemTheme() override;

    bool isDark() const { return m_isDark; }

Q_SIGNALS:
    void changed();

private:
    void take(bool isDark);

    bool m_isDark;
    std::unique_ptr<SystemThemePlatform> m_platform;
};

} // namespace pilothouse::desktop
