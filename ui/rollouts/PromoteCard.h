// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/Card.h"
#include "ui/shell/Page.h"
#include "ui/theme/ThemeStyle.h"

#include "shared/rollouts/Rollout.h"

class QBoxLayout;
class QPushButton;

namespace pilothouse::ui {

class MarkedList;
class TextLabel;

/// Where the rollout stands and what can be done with it. Promote and Roll back are always seen,
/// with the reason when they cannot be used.
class PromoteCard : public Card
{
    Q_OBJECT

public:
    PromoteCard(const PageContext& context, QWidget* parent);

    /// `now` by the server's clock.
    void setApplication(const rollouts::Application& application, absl::Time now);

private:
    QPushButton* addButton(QBoxLayout& row, const QString& id, ButtonKind kind);

    PageContext m_context;
    TextLabel* m_note;
    MarkedList* m_steps;
    QPushButton* m_start = nullptr;
    QPushButton* m_pause = nullptr;
    QPushButton* m_resume = nullptr;
    QPushButton* m_step = nullptr;
    QPushButton* m_keepWarm = nullptr;
    QPushButton* m_abort = nullptr;
};

} // namespace pilothouse::ui
