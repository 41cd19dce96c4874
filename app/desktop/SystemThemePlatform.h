// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/SystemTheme.h"

#include <functional>

namespace pilothouse::desktop {

/// One platform's way to the answer; calls `take` on the GUI thread whenever it knows it.
class SystemThemePlatform : public QObject
{
    Q_OBJECT

public:
    explicit SystemThemePlatform(std::function<void(bool isDark)> take);
    ~SystemThemePlatform() override;

private Q_SLOTS:
    /// Asks again; also the slot for the platform's own notification where it has one.
    void ask();

private:
    bool eventFilter(QObject* watched, QEvent* event) override;

    std::function<void(bool)> m_take;
};

} // namespace pilothouse::desktop
