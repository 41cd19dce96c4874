// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QWidget>

class QLabel;

namespace pilothouse::ui {

class TextLabel;

/// A sentence that must be read, in its severity's shape and fill.
class MessageBar : public QWidget
{
    Q_OBJECT

public:
    MessageBar(
        const Theme& theme, Severity severity, const QString& text, QWidget* parent = nullptr);

    /// An empty text hides the bar.
    void setMessage(Severity severity, const QString& text);
    QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void restyle();

    const Theme& m_theme;
    Severity m_severity;
    QLabel* m_icon;
    TextLabel* m_text;
};

} // namespace pilothouse::ui
