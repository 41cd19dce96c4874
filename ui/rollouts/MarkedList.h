// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/rollouts/RolloutText.h"

#include <QWidget>

class QVBoxLayout;

namespace pilothouse::ui {

/// Lines with a shape in front and what was seen beneath.
class MarkedList : public QWidget
{
    Q_OBJECT

public:
    explicit MarkedList(const Theme& theme, QWidget* parent = nullptr);

    /// Made anew only where they differ.
    void setLines(const std::vector<MarkedLine>& lines);
    const std::vector<MarkedLine>& lines() const { return m_lines; }

private:
    void build();
    QWidget* makeLine(const MarkedLine& line);

    const Theme& m_theme;
    std::vector<MarkedLine> m_lines;
    QVBoxLayout* m_column;
};

} // namespace pilothouse::ui
