// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/RecordPane.h"

#include "ui/components/Button.h"
#include "ui/components/FactList.h"
#include "ui/components/MessageBar.h"
#include "ui/components/StatusChip.h"
#include "ui/components/TextLabel.h"
#include "ui/shell/CommandRegistry.h"

#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kButtonsInARow = 2;

} // namespace

RecordPane::RecordPane(const PageContext& context, const QStringList& commandIds, QWidget* parent)
    : QWidget(parent),
      m_context(context),
      m_title(new TextLabel(context.theme, TypeRole::H2, {}, this)),
      m_subtitle(new TextLabel(context.theme, TypeRole::Label, {}, this)),
      m_chip(new StatusChip(context.theme, Severity::Unknown, this)),
      m_note(new MessageBar(context.theme, Severity::Info, {}, this)),
      m_factPlace(new QVBoxLayout)
{
    const Theme& theme = context.theme;
    m_title->setElided(true);
    m_subtitle->setWordWrap(true);
    auto* facts = new QWidget;
    m_factPlace->setContentsMargins(0, 0, 0, 0);
    auto* factColumn = new QVBoxLayout(facts);
    factColumn->setContentsMargins(0, 0, 0, 0);
    factColumn->addLayout(m_factPlace);
    factColumn->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(facts);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->viewport()->setAutoFillBackground(false);
    facts->setAutoFillBackground(false);
    auto* buttons = new QGridLayout;
    buttons->setSpacing(theme.px(space::kS));
    int at = 0;
    for (const QString& id : commandIds) {
        if (context.commands == nullptr) {
            break;
        }
        auto* button = new Button(theme, ButtonKind::Secondary, {}, {}, this);
        context.commands->bind(*button, id);
        buttons->addWidget(button, at / kButtonsInARow, at % kButtonsInARow);
        ++at;
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.px(space::kM));
    column->addWidget(m_title);
    column->addWidget(m_subtitle);
    column->addWidget(m_chip, 0, Qt::AlignLeft);
    column->addWidget(m_note);
    column->addWidget(scroll, 1);
    column->addLayout(buttons);
}

void RecordPane::setRecord(const Record& record)
{
    // Made anew only when it differs: text that is being selected must not go away.
    if (record == m_record) {
        return;
    }
    m_record = record;
    m_title->setText(record.title);
    m_subtitle->setText(record.subtitle);
    m_subtitle->setVisible(!record.subtitle.isEmpty());
    m_chip->setStatus(record.severity, record.word);
    m_chip->setVisible(!record.word.isEmpty());
    m_note->setMessage(record.noteSeverity, record.note);
    delete m_facts;
    m_facts = new FactList(m_context.theme, this);
    for (const auto& [name, value] : record.facts) {
        m_facts->add(name, value);
    }
    m_factPlace->addWidget(m_facts);
}

} // namespace pilothouse::ui
