// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace pilothouse::ui {

class TextLabel;

/// A question or form in front of the window's content, below the band. Esc and Cancel leave it,
/// Enter never confirms anything dangerous: the confirming button says the verb and is pressed with
/// Ctrl+Enter, by pointer, or by focus and Space. Subclasses fill `body()` and add buttons.
class Sheet : public QFrame
{
    Q_OBJECT

public:
    Sheet(const Theme& theme, const QString& icon, const QString& title, QWidget* parent = nullptr);

    QString title() const;
    void setTitle(const QString& title);
    /// Width at text scale 100 %.
    int preferredWidth() const { return m_width; }

    /// Where the focus goes when it opens.
    virtual QWidget* initialFocus() = 0;
    /// Ctrl+Enter; does nothing while the confirming button is disabled.
    virtual void confirm() {}
    /// Esc and Cancel.
    virtual void cancel() { Q_EMIT closeRequested(); }

Q_SIGNALS:
    void closeRequested();

protected:
    QVBoxLayout* body() const { return m_body; }
    /// The hint at the left of the buttons ("Esc cancels · Ctrl+Enter trusts").
    void setHint(const QString& hint);
    /// Adds at the right end.
    QPushButton* addButton(const QString& text);
    void setPreferredWidth(int width) { m_width = width; }
    const Theme& theme() const { return m_theme; }
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void restyle();

    const Theme& m_theme;
    QString m_iconName;
    int m_width = 600;
    QLabel* m_icon;
    TextLabel* m_title;
    TextLabel* m_hint;
    QVBoxLayout* m_body;
    QHBoxLayout* m_buttons;
};

} // namespace pilothouse::ui
