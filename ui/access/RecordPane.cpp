// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/RecordPane.h"

#include "ui/components/FactList.h"
#include "ui/components/MessageBar.h"
#include "ui/components/PlainScroll.h"
#include "ui/components/StatusChip.h"
#include "ui/components/TextLabel.h"
#include "ui/shell/CommandGrid.h"

#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace pilothouse::ui {

RecordPane::RecordPane(const PageContext& context, const QStringList& commandIds, QWidget* parent)
    : QWidget(parent),
      m_title(new TextLabel(context.theme, TypeRole::H2, {}, this)),
      m_subtitle(new TextLabel(context.theme, TypeRole::Label, {}, this)),
      m_chip(new StatusChip(context.theme, Severity::Unknown, this)),
      m_note(new MessageBar(context.theme, Severity::Info, {}, this)),
      m_facts(new FactList(context.theme))
{
    const Theme& theme = context.theme;
    m_title->setElided(true);
    m_subtitle->setWordWrap(true);
    auto* body = new QWidget;
    auto* factColumn = new QVBoxLayout(body);
    factColumn->setContentsMargins(0, 0, 0, 0);
    factColumn->addWidget(m_facts);
    factColumn->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.px(space::kM));
    column->addWidget(m_title);
    column->addWidget(m_subtitle);
    column->addWidget(m_chip, 0, Qt::AlignLeft);
    column->addWidget(m_note);
    column->addWidget(plainScroll(body, this), 1);
    column->addLayout(commandGrid(context, commandIds, this));
}

void RecordPane::setRecord(const Record& record)
{
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
    m_facts->setFacts(record.facts);
}

} // namespace pilothouse::ui
