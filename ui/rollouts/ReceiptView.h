// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/RolloutsClient.h"
#include "ui/shell/Page.h"

namespace pilothouse::ui {

class FactList;
class MarkedList;
class StatusChip;
class TextLabel;

/// The receipt of one rollout: who, when, why, the numbers that were compared, and every event.
class ReceiptView : public QWidget
{
    Q_OBJECT

public:
    ReceiptView(const PageContext& context, QWidget* parent);

    void setReceipt(const client::RolloutReceipt& receipt);

private:
    PageContext m_context;
    TextLabel* m_title;
    StatusChip* m_chip;
    FactList* m_facts;
    TextLabel* m_eventsTitle;
    MarkedList* m_events;
};

} // namespace pilothouse::ui
