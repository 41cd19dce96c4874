// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QWidget>

namespace pilothouse::ui {

/// A state as shape, word and fill. The accessible name is the word.
class StatusChip : public QWidget
{
    Q_OBJECT

public:
    StatusChip(const Theme& theme, Severity severity, QWidget* parent = nullptr);

    /// The severity's own word, or `word` in its place ("Ready", "Degraded").
    void setStatus(Severity severity, const QString& word = {});
    Severity severity() const { return m_severity; }
    QString word() const { return m_word; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    Severity m_severity;
    QString m_word;
};

} // namespace pilothouse::ui
