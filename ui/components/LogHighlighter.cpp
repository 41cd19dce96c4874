// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/LogHighlighter.h"

namespace pilothouse::ui {

LogHighlighter::LogHighlighter(const Theme& theme, QTextDocument* document)
    : QSyntaxHighlighter(document), m_theme(theme)
{}

void LogHighlighter::highlightBlock(const QString& text)
{
    if (text.size() < kTimeWidth + kLevelWidth) {
        return;
    }
    setFormat(0, kTimeWidth, m_theme.color(Color::TextSecondary));
    Color color = Color::TextSecondary;
    switch (text.at(kTimeWidth + 1).toLatin1()) {
    case 'E':
        color = Color::ErrorText;
        break;
    case 'W':
        color = Color::WarningText;
        break;
    case 'I':
        color = Color::InfoText;
        break;
    default:
        break;
    }
    setFormat(kTimeWidth + 1, kLevelWidth, m_theme.color(color));
}

} // namespace pilothouse::ui
