// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/InstanceInspector.h"

#include "ui/components/DataTable.h"
#include "ui/components/FactList.h"
#include "ui/components/MessageBar.h"
#include "ui/components/PlainScroll.h"
#include "ui/components/StatusChip.h"
#include "ui/components/TextLabel.h"
#include "ui/services/ServiceCommands.h"
#include "ui/services/ServiceText.h"
#include "ui/shell/CommandGrid.h"

#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

/// Rows of checks that are seen without scrolling.
constexpr int kChecksHeight = 190;

} // namespace

InstanceInspector::InstanceInspector(const PageContext& context, QWidget* parent)
    : QWidget(parent),
      m_context(context),
      m_title(new TextLabel(context.theme, TypeRole::H2, {}, this)),
      m_subtitle(new TextLabel(context.theme, TypeRole::Label, {}, this)),
      m_chip(new StatusChip(context.theme, Severity::Unknown, this)),
      m_note(new MessageBar(context.theme, Severity::Error, {}, this)),
      m_checks(new DataTable(
          context.theme, tr("Last checks"), checkColumns(), DataTable::Chrome::Bare, this)),
      m_noChecks(new TextLabel(context.theme, TypeRole::Label, {}, this)),
      m_facts(new FactList(context.theme))
{
    build();
}

void InstanceInspector::build()
{
    const Theme& theme = m_context.theme;
    m_title->setElided(true);
    m_subtitle->setElided(true);
    m_noChecks->setWordWrap(true);
    m_checks->setMinimumHeight(theme.px(kChecksHeight));
    m_checks->sortBy(QStringLiteral("time"), Qt::DescendingOrder);
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
    column->addWidget(m_noChecks);
    column->addWidget(m_checks);
    column->addWidget(plainScroll(body, this), 1);
    column->addLayout(commandGrid(
        m_context,
        {servicecommand::kDrain,
         servicecommand::kReturn,
         servicecommand::kRemove,
         servicecommand::kCopyAddress},
        this));
}

void InstanceInspector::setInstance(const services::Instance& instance)
{
    const TimeDisplay display = m_context.settings.timeDisplay();
    m_title->setText(QString::fromStdString(instance.spec.key.id));
    m_subtitle->setText(tr("of %1").arg(QString::fromStdString(instance.spec.key.service)));
    m_chip->setStatus(severityOf(instance), wordOf(instance));
    const bool isUnhealthy = instance.state == services::InstanceState::Unhealthy;
    m_note->setMessage(
        isUnhealthy ? Severity::Error : Severity::Info,
        QString::fromStdString(instance.problem).simplified());
    const bool hasChecks = instance.spec.check.kind != services::CheckKind::None;
    m_checks->setVisible(hasChecks);
    m_noChecks->setVisible(!hasChecks);
    m_noChecks->setText(tr("It is not checked; it tells by heartbeats that it is alive."));
    if (hasChecks) {
        m_checks->setRows(checkRows(instance, display));
        m_checks->setState(
            instance.checks.empty()
                ? DataState{DataState::Kind::Empty, tr("Not checked yet."), {}, {}}
                : DataState::live());
    }
    m_facts->setFacts(factsOf(instance, display));
}

} // namespace pilothouse::ui
