// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/PromoteCard.h"

#include "ui/components/Button.h"
#include "ui/components/TextLabel.h"
#include "ui/rollouts/MarkedList.h"
#include "ui/rollouts/RolloutCommands.h"
#include "ui/shell/CommandRegistry.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

QString titleOf(const rollouts::Application& application)
{
    if (!application.rollout) {
        return PromoteCard::tr("Rollout");
    }
    const rollouts::Rollout& rollout = *application.rollout;
    const QString version = QString::fromStdString(rollout.revision).simplified();
    return rollouts::hasEnded(rollout.step) ? PromoteCard::tr("Last rollout: %1").arg(version)
                                            : PromoteCard::tr("Rollout of %1").arg(version);
}

QString messageOf(const rollouts::Application& application)
{
    if (!application.rollout) {
        return PromoteCard::tr(
            "Nothing was rolled out yet. Bring the new version up on the side without traffic, "
            "then start a rollout of it.");
    }
    // The lines of one that was rolled back or aborted say it themselves.
    const rollouts::Rollout& rollout = *application.rollout;
    return rollout.step > rollouts::Step::Done
               ? QString()
               : QString::fromStdString(rollout.message).simplified();
}

} // namespace

PromoteCard::PromoteCard(const PageContext& context, QWidget* parent)
    : Card(context.theme, tr("Rollout"), parent),
      m_context(context),
      m_note(new TextLabel(context.theme, TypeRole::Label, {}, this)),
      m_steps(new MarkedList(context.theme, this))
{
    m_note->setWordWrap(true);
    body()->addWidget(m_note);
    body()->addWidget(m_steps);
    body()->addStretch(1);
    auto* small = new QHBoxLayout;
    auto* large = new QHBoxLayout;
    for (QHBoxLayout* row : {small, large}) {
        row->setSpacing(context.theme.px(space::kS));
        body()->addLayout(row);
    }
    m_keepWarm = addButton(*small, rolloutcommand::kKeepWarm, ButtonKind::Secondary);
    m_pause = addButton(*small, rolloutcommand::kPause, ButtonKind::Secondary);
    m_resume = addButton(*small, rolloutcommand::kResume, ButtonKind::Secondary);
    m_abort = addButton(*small, rolloutcommand::kAbort, ButtonKind::Secondary);
    m_start = addButton(*large, rolloutcommand::kStart, ButtonKind::Secondary);
    m_step = addButton(*large, rolloutcommand::kStep, ButtonKind::Secondary);
    addButton(*large, rolloutcommand::kPromote, ButtonKind::Primary);
    auto* last = new QHBoxLayout;
    body()->addLayout(last);
    addButton(*last, rolloutcommand::kRollBack, ButtonKind::Danger);
}

QPushButton* PromoteCard::addButton(QBoxLayout& row, const QString& id, ButtonKind kind)
{
    auto* button = new Button(m_context.theme, kind, {}, {}, this);
    if (m_context.commands != nullptr) {
        m_context.commands->bind(*button, id);
    }
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    row.addWidget(button, 1);
    return button;
}

void PromoteCard::setApplication(const rollouts::Application& application, absl::Time now)
{
    setTitle(titleOf(application));
    const QString note = messageOf(application);
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
    m_steps->setLines(stepLines(application, now));
    const auto& rollout = application.rollout;
    const bool isOpen = rollout && !rollouts::hasEnded(rollout->step);
    setFact(
        rollout ? (rollout->isPaused && isOpen ? tr("paused") : wordOf(rollout->step)) : QString());
    // Only what belongs to this step; Promote and Roll back always stay.
    m_start->setVisible(!isOpen);
    m_resume->setVisible(isOpen && rollout->isPaused);
    m_pause->setVisible(isOpen && !rollout->isPaused && rollouts::canPause(rollout->step));
    m_keepWarm->setVisible(isOpen && rollouts::canKeepWarm(rollout->step));
    m_step->setVisible(
        isOpen && rollouts::isBeforeSwitch(rollout->step) && !application.trafficSteps.empty());
    m_abort->setVisible(isOpen && rollouts::canAbort(rollout->step));
}

} // namespace pilothouse::ui
