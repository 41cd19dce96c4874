// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plans/PlannedSheet.h"

#include "ui/components/CommandLine.h"
#include "ui/components/MessageBar.h"
#include "ui/session/OnGuiThread.h"
#include "ui/theme/ThemeStyle.h"

#include "shared/base/StatusHelpers.h"

#include <QPushButton>
#include <QVBoxLayout>

namespace pilothouse::ui {

PlannedSheet::PlannedSheet(const Theme& theme, const QString& icon, const QString& title)
    : Sheet(theme, icon, title),
      m_form(new QVBoxLayout),
      m_command(new CommandLine(theme, this)),
      m_problem(new MessageBar(theme, Severity::Error, {}, this))
{
    m_form->setSpacing(theme.px(space::kM));
    body()->addLayout(m_form);
    body()->addWidget(m_command);
    body()->addWidget(m_problem);
}

void PlannedSheet::finish(const QString& verb)
{
    QPushButton* cancelButton = addButton(tr("Cancel"));
    connect(cancelButton, &QAbstractButton::clicked, this, &Sheet::cancel);
    m_next = addButton(verb);
    setButtonKind(*m_next, ButtonKind::Primary);
    connect(m_next, &QAbstractButton::clicked, this, &PlannedSheet::confirm);
    refresh();
}

void PlannedSheet::refresh()
{
    if (m_next == nullptr) {
        return;
    }
    const QString lacks = lacking();
    m_command->setCommand(step().look.command);
    m_command->setVisible(!m_command->command().isEmpty());
    m_next->setEnabled(lacks.isEmpty() && m_call == nullptr);
    m_next->setToolTip(lacks);
    m_next->setAccessibleDescription(lacks);
    setHint(
        m_call != nullptr ? tr("Asking the server…")
        : lacks.isEmpty() ? tr("Esc cancels · Ctrl+Enter goes on")
                          : lacks);
}

void PlannedSheet::confirm()
{
    if (!m_next->isEnabled()) {
        return;
    }
    m_problem->setMessage(Severity::Error, {});
    m_step = step();
    m_call = m_step.ask(
        plans::planOnly(),
        onGuiThread<plans::Plan>(
            this, [this](const absl::StatusOr<plans::Plan>& answer) { onPlan(answer); }));
    refresh();
}

void PlannedSheet::onPlan(const absl::StatusOr<plans::Plan>& answer)
{
    m_call.reset();
    refresh();
    if (!answer.ok()) {
        m_problem->setMessage(Severity::Error, QString::fromStdString(describe(answer.status())));
        return;
    }
    Q_EMIT closeRequested();
    Q_EMIT ready(m_step);
}

} // namespace pilothouse::ui
