// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/ToastMessage.h"
#include "ui/theme/Theme.h"

#include <QFrame>
#include <QTimer>

class QLabel;

namespace pilothouse::ui {

class Button;
class TextLabel;

/// One message in the corner. It goes by itself, but not under the pointer nor while it has the
/// focus: who reads it or reaches for its button is not raced.
class Toast : public QFrame
{
    Q_OBJECT

public:
    Toast(const Theme& theme, ToastMessage message, QWidget* parent);

    const ToastMessage& message() const { return m_message; }
    bool isLasting() const { return m_message.severity >= Severity::Error; }
    /// The same again: counted instead of shown twice, and it stands as long as a new one.
    void repeat();
    int count() const { return m_count; }
    /// Where the focus goes: the action, or the way to close it.
    QWidget* firstControl() const;
    /// Runs the action and ends; without one it only ends.
    void act();
    /// What a screen reader says.
    QString spoken() const;

Q_SIGNALS:
    /// It is to be taken away.
    void ended();

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void restyle();
    void refreshText();
    void runTimer();

    const Theme& m_theme;
    ToastMessage m_message;
    int m_count = 1;
    QLabel* m_icon;
    TextLabel* m_text;
    TextLabel* m_detail;
    Button* m_action;
    Button* m_close;
    QTimer m_end;
};

} // namespace pilothouse::ui
