// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/rollouts/Rollout.h"
#include "ui/components/Card.h"

namespace pilothouse::ui {

class MarkedList;
class TextLabel;

/// What must hold before a promotion, each with what was looked at and how long ago.
class GatesCard : public Card
{
    Q_OBJECT

public:
    explicit GatesCard(const Theme& theme, QWidget* parent = nullptr);

    /// `now` by the server's clock.
    void setApplication(const rollouts::Application& application, absl::Time now);

private:
    MarkedList* m_list;
    TextLabel* m_note;
};

} // namespace pilothouse::ui
