// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/rollouts/RolloutText.h"

#include <QFrame>

namespace pilothouse::ui {

class FactList;
class StatusChip;
class TextLabel;

/// One side of an application: its letter in the slot's colour, its part in the rollout, and what
/// is known of it. The side with the traffic is framed in its colour.
class SlotCard : public QFrame
{
    Q_OBJECT

public:
    SlotCard(const Theme& theme, rollouts::Colour colour, QWidget* parent = nullptr);

    void setView(const SlotView& view);
    const SlotView& view() const { return m_view; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    rollouts::Colour m_colour;
    SlotView m_view;
    QWidget* m_letter;
    TextLabel* m_title;
    TextLabel* m_version;
    StatusChip* m_chip;
    FactList* m_facts;
};

} // namespace pilothouse::ui
