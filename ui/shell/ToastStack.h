// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/ToastMessage.h"
#include "ui/theme/Theme.h"

#include <QPointer>
#include <QTimer>
#include <QWidget>

#include <vector>

namespace pilothouse::ui {

class Toast;

/// The toasts of a window: at most three in the lower right corner of its content, the newest
/// lowest. It is only as large as they are, so that what is beside them can be clicked. Screen
/// readers hear them as alerts, at most one in two seconds, grouped.
class ToastStack : public QWidget
{
    Q_OBJECT

public:
    static constexpr std::size_t kMost = 3;
    static constexpr int kAnnounceEveryMs = 2000;

    ToastStack(const Theme& theme, QWidget& content);

    /// The same message as one that stands is counted there. With three standing, the oldest that
    /// is no error goes; the oldest error only when all are errors.
    void post(const ToastMessage& message);
    void clear();
    bool isEmpty() const { return m_toasts.empty(); }
    /// Oldest first.
    std::vector<Toast*> toasts() const { return m_toasts; }
    /// Puts the focus on the newest one; F6, Esc or its end give it back.
    void focusNewest();

Q_SIGNALS:
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void remove(Toast* toast);
    void makeRoom();
    void place();
    void announce(const QString& text);
    void speak();

    const Theme& m_theme;
    QWidget& m_content;
    std::vector<Toast*> m_toasts;
    QPointer<QWidget> m_focusBefore;
    QStringList m_unspoken;
    QTimer m_quiet;
};

} // namespace pilothouse::ui
