// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QSyntaxHighlighter>

namespace pilothouse::ui {

/// Colours the time and the level's word of a log line; the word stays readable without colour.
class LogHighlighter : public QSyntaxHighlighter
{
    Q_OBJECT

public:
    /// Where the parts of a line are: the time, then the level.
    static constexpr int kTimeWidth = 12;
    static constexpr int kLevelWidth = 7;

    LogHighlighter(const Theme& theme, QTextDocument* document);

protected:
    void highlightBlock(const QString& text) override;

private:
    const Theme& m_theme;
};

} // namespace pilothouse::ui
