// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QWidget>

class QHBoxLayout;
class QPlainTextEdit;
class QPushButton;

namespace pilothouse::ui {

class MessageBar;
class TextLabel;

/// A whole-window state in words: the local server starting, its failure with the end of its log, a
/// server that needs another console.
class MessageScreen : public QWidget
{
    Q_OBJECT

public:
    MessageScreen(
        const Theme& theme, const QString& icon, const QString& title, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setText(const QString& text);
    void setProblem(const QString& problem);
    /// Shown when not empty; follows its end.
    void setLog(const QStringList& lines);
    QPushButton* addButton(const QString& text, bool isPrimary);

private:
    const Theme& m_theme;
    TextLabel* m_title;
    TextLabel* m_text;
    MessageBar* m_problem;
    QPlainTextEdit* m_log;
    QHBoxLayout* m_buttons;
};

} // namespace pilothouse::ui
