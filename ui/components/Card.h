// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QFrame>

class QHBoxLayout;
class QVBoxLayout;

namespace pilothouse::ui {

class TextLabel;

/// A surface with a title line: title at the left, a short fact and small controls at the right.
class Card : public QFrame
{
    Q_OBJECT

public:
    /// Without a title there is no title line.
    Card(const Theme& theme, const QString& title, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    QString title() const;
    /// The fact at the right of the title ("14 of 14 passed · 8 s ago").
    void setFact(const QString& fact);
    /// Adds a control at the right end of the title line.
    void addControl(QWidget* control);
    QVBoxLayout* body() const { return m_body; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void layOut();

    const Theme& m_theme;
    TextLabel* m_title;
    TextLabel* m_fact;
    QHBoxLayout* m_head;
    QVBoxLayout* m_body;
};

} // namespace pilothouse::ui
