// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs of the page.
#include "shared/rollouts/Steps.h"
#include "ui/components/SaveFile.h"
#include "ui/rollouts/KeepWarmSheet.h"
#include "ui/rollouts/RolloutActions.h"
#include "ui/rollouts/RolloutCommands.h"
#include "ui/rollouts/RolloutText.h"
#include "ui/rollouts/RolloutsPage.h"
#include "ui/rollouts/StartSheet.h"
#include "ui/shell/CommandRegistry.h"

#include "shared/base/StatusHelpers.h"

#include <QPointer>

namespace pilothouse::ui {

QString RolloutsPage::idleReason() const
{
    QString unusable = m_context.session.unusableReason();
    if (!unusable.isEmpty()) {
        return unusable;
    }
    if (m_model.application() == nullptr) {
        return tr("There is no application");
    }
    return m_actions.phase() == PlannedActions::Phase::Idle ? QString()
                                                            : tr("Another action is under way");
}

QString RolloutsPage::openReason(bool (*allows)(rollouts::Step), const QString& otherwise) const
{
    QString busy = idleReason();
    if (!busy.isEmpty()) {
        return busy;
    }
    const auto& rollout = m_model.application()->rollout;
    if (!rollout || rollouts::hasEnded(rollout->step)) {
        return tr("No rollout is open");
    }
    return allows(rollout->step) ? QString() : otherwise;
}

QString RolloutsPage::stepReason() const
{
    QString reason =
        openReason(rollouts::canStepTraffic, tr("The candidate gets no traffic step by step now"));
    if (!reason.isEmpty()) {
        return reason;
    }
    const rollouts::Application& chosen = *m_model.application();
    if (chosen.rollout->isPaused) {
        return tr("It is paused");
    }
    const int percent = chosen.rollout->candidatePercent;
    if (!rollouts::nextTrafficStep(chosen.trafficSteps, percent)) {
        return chosen.trafficSteps.empty() ? tr("No steps are configured")
                                           : tr("That was the last step: promote it");
    }
    return stepBlockingGate(chosen.gates);
}

Command RolloutsPage::verb(const QString& id, const QString& title, const QString& icon)
{
    Command command;
    command.id = id;
    command.title = title;
    command.icon = icon;
    command.section = CommandRegistry::tr("Actions");
    command.permission = QStringLiteral("rollouts.operate");
    return command;
}

std::vector<Command> RolloutsPage::commands()
{
    client::RolloutsClient& client = m_context.session.rollouts();
    Command start = verb(rolloutcommand::kStart, tr("Start rollout…"), QStringLiteral("plus"));
    start.disabledReason = [this] {
        QString busy = idleReason();
        if (!busy.isEmpty()) {
            return busy;
        }
        const auto& rollout = m_model.application()->rollout;
        return rollout && !rollouts::hasEnded(rollout->step) ? tr("A rollout is open already")
                                                             : QString();
    };
    start.run = [this] {
        const rollouts::Application& chosen = *m_model.application();
        const rollouts::Colour active = chosen.active.value_or(rollouts::Colour::Blue);
        auto* sheet = new StartSheet(
            m_context.theme,
            m_context.session,
            QString::fromStdString(chosen.name),
            lowerNameOf(rollouts::other(active)));
        connect(sheet, &PlannedSheet::ready, &m_actions, &PlannedActions::start);
        Q_EMIT sheetRequested(sheet);
    };
    Command step = verb(rolloutcommand::kStep, tr("Next step…"), QStringLiteral("chevron-right"));
    step.disabledReason = [this] { return stepReason(); };
    step.run = [this, &client] {
        const rollouts::Application& chosen = *m_model.application();
        const int percent =
            *rollouts::nextTrafficStep(chosen.trafficSteps, chosen.rollout->candidatePercent);
        m_actions.start(trafficStep(client, *chosen.rollout, percent));
    };
    Command pause = verb(rolloutcommand::kPause, tr("Pause"), QStringLiteral("pause"));
    pause.disabledReason = [this] {
        const QString reason =
            openReason(rollouts::canPause, tr("A switch that was decided is not held up"));
        return reason.isEmpty() && m_model.application()->rollout->isPaused
                   ? tr("It is paused already")
                   : reason;
    };
    pause.run = [this, &client] {
        m_actions.start(pauseStep(client, *m_model.application()->rollout));
    };
    Command resume = verb(rolloutcommand::kResume, tr("Resume"), QStringLiteral("play"));
    resume.disabledReason = [this] {
        const QString reason = openReason([](rollouts::Step) { return true; }, {});
        return reason.isEmpty() && !m_model.application()->rollout->isPaused
                   ? tr("It is not paused")
                   : reason;
    };
    resume.run = [this, &client] {
        m_actions.start(resumeStep(client, *m_model.application()->rollout));
    };
    Command keepWarm = verb(rolloutcommand::kKeepWarm, tr("Keep warm…"), QStringLiteral("clock"));
    keepWarm.disabledReason = [this] {
        return openReason(rollouts::canKeepWarm, tr("Nothing is kept warm now"));
    };
    keepWarm.run = [this] {
        auto* sheet =
            new KeepWarmSheet(m_context.theme, m_context.session, *m_model.application()->rollout);
        connect(sheet, &PlannedSheet::ready, &m_actions, &PlannedActions::start);
        Q_EMIT sheetRequested(sheet);
    };
    Command abort = verb(rolloutcommand::kAbort, tr("Abort…"), QStringLiteral("octagon-x"));
    abort.disabledReason = [this] {
        return openReason(rollouts::canAbort, tr("It has traffic already: roll it back"));
    };
    abort.run = [this, &client] {
        m_actions.start(abortStep(client, *m_model.application()->rollout));
    };
    Command save =
        verb(rolloutcommand::kSaveReceipt, tr("Save receipt…"), QStringLiteral("download"));
    save.permission.clear();
    save.disabledReason = [this] {
        return m_model.receipt() == nullptr ? tr("No rollout of the history is selected")
                                            : QString();
    };
    save.run = [this] { saveReceipt(); };
    std::vector<Command> all;
    const auto own = {&start, &step, &pause, &resume, &keepWarm, &abort, &save};
    all.reserve(own.size());
    for (Command* each : own) {
        all.push_back(std::move(*each));
    }
    return all;
}

void RolloutsPage::saveReceipt()
{
    const client::RolloutReceipt receipt = *m_model.receipt();
    const TimeDisplay display = m_context.settings.timeDisplay();
    SaveRequest request;
    request.title = tr("Save the receipt");
    request.suggested = QStringLiteral("rollout-%1-%2.txt")
                            .arg(
                                QString::fromStdString(receipt.rollout.application),
                                QString::fromStdString(receipt.rollout.id));
    request.kinds = {tr("Text (*.txt)"), tr("JSON (*.json)")};
    request.content = [receipt, display](const QString& file) {
        return file.endsWith(QLatin1String(".json"), Qt::CaseInsensitive)
                   ? receiptJson(receipt)
                   : receiptText(receipt, display).toUtf8();
    };
    request.done =
        [self = QPointer<RolloutsPage>(this)](const QString& file, const absl::Status& status) {
            if (!self) {
                return;
            }
            ToastMessage message;
            message.severity = status.ok() ? Severity::Ok : Severity::Error;
            message.text = status.ok() ? tr("Saved") : tr("The receipt is not saved");
            message.detail = status.ok() ? file : QString::fromStdString(describe(status));
            Q_EMIT self->toastRequested(message);
        };
    saveAs(this, std::move(request));
}

} // namespace pilothouse::ui
