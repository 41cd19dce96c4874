// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/ReceiptView.h"

#include "ui/components/FactList.h"
#include "ui/components/PlainScroll.h"
#include "ui/components/StatusChip.h"
#include "ui/components/TextLabel.h"
#include "ui/rollouts/MarkedList.h"
#include "ui/rollouts/RolloutCommands.h"
#include "ui/rollouts/RolloutText.h"
#include "ui/shell/CommandGrid.h"

#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace pilothouse::ui {

ReceiptView::ReceiptView(const PageContext& context, QWidget* parent)
    : QWidget(parent),
      m_context(context),
      m_title(new TextLabel(context.theme, TypeRole::H2, {}, this)),
      m_chip(new StatusChip(context.theme, Severity::Unknown, this)),
      m_facts(new FactList(context.theme)),
      m_eventsTitle(new TextLabel(context.theme, TypeRole::H3, tr("Events"))),
      m_events(new MarkedList(context.theme))
{
    m_title->setElided(true);
    auto* body = new QWidget;
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(context.theme.px(space::kM));
    column->addWidget(m_facts);
    column->addWidget(m_eventsTitle);
    column->addWidget(m_events);
    column->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(context.theme.px(space::kM));
    layout->addWidget(m_title);
    layout->addWidget(m_chip, 0, Qt::AlignLeft);
    layout->addWidget(plainScroll(body, this), 1);
    layout->addLayout(commandGrid(context, {rolloutcommand::kSaveReceipt}, this));
}

void ReceiptView::setReceipt(const client::RolloutReceipt& receipt)
{
    const TimeDisplay display = m_context.settings.timeDisplay();
    const rollouts::Rollout& rollout = receipt.rollout;
    m_title->setText(tr("Rollout %1").arg(QString::fromStdString(rollout.id)));
    m_chip->setStatus(severityOf(rollout.step), wordOf(rollout.step));
    m_facts->setFacts(receiptFacts(rollout, display));
    m_eventsTitle->setVisible(!receipt.events.empty());
    m_events->setLines(eventLines(receipt.events, display));
}

} // namespace pilothouse::ui
