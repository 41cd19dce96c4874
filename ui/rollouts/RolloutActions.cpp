// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/RolloutActions.h"

#include "ui/rollouts/RolloutText.h"
#include "ui/shell/CtlLine.h"

#include <QCoreApplication>

namespace pilothouse::ui {

namespace {

using client::RolloutOutcome;
using client::RolloutsClient;
using client::RolloutTarget;

class ActionWords
{
    Q_DECLARE_TR_FUNCTIONS(Rollouts)
};

/// What a planned action wants of an outcome is its plan.
client::OnDone<RolloutOutcome> planOf(client::OnDone<plans::Plan> onDone)
{
    return [done = std::move(onDone)](absl::StatusOr<RolloutOutcome> outcome) {
        done(
            outcome.ok() ? absl::StatusOr<plans::Plan>(std::move(outcome->plan))
                         : absl::StatusOr<plans::Plan>(outcome.status()));
    };
}

QString textOf(const std::string& text)
{
    return QString::fromStdString(text);
}

RolloutTarget targetOf(const rollouts::Rollout& rollout)
{
    return {rollout.application, rollout.id};
}

QString commandOf(
    const char* verb, const rollouts::Rollout& rollout, const QStringList& further = {})
{
    return ctlLine(
        QStringList{
            QStringLiteral("rollouts"), QString::fromLatin1(verb), textOf(rollout.application)} +
        further);
}

using Simple = client::CallPtr (RolloutsClient::*)(
    const RolloutTarget&, const plans::Request&, client::OnDone<RolloutOutcome>);

/// An action that asks for nothing but the rollout.
PlannedStep simpleStep(
    RolloutsClient& client,
    const rollouts::Rollout& rollout,
    ActionLook look,
    const QString& doneText,
    Simple call)
{
    PlannedStep step;
    step.look = std::move(look);
    step.doneText = doneText;
    step.ask = [&client, target = targetOf(rollout), call](
                   const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return (client.*call)(target, request, planOf(std::move(onDone)));
    };
    return step;
}

} // namespace

PlannedStep startStep(RolloutsClient& client, const client::NewRollout& wanted)
{
    QStringList words{
        QStringLiteral("rollouts"),
        QStringLiteral("start"),
        textOf(wanted.application),
        QStringLiteral("--revision"),
        wanted.revision.empty() ? QStringLiteral("VERSION") : textOf(wanted.revision)};
    if (!wanted.description.empty()) {
        words << QStringLiteral("--description") << textOf(wanted.description);
    }
    PlannedStep step;
    step.look = {ActionWords::tr("Start rollout"), QStringLiteral("rocket"), ctlLine(words), false};
    step.doneText = ActionWords::tr("The rollout of %1 has begun").arg(textOf(wanted.revision));
    step.ask = [&client,
                wanted](const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return client.startRollout(wanted, request, planOf(std::move(onDone)));
    };
    return step;
}

PlannedStep promoteStep(
    RolloutsClient& client, const rollouts::Rollout& rollout, const QString& overrideReason)
{
    QStringList further;
    if (!overrideReason.isEmpty()) {
        further << QStringLiteral("--override") << overrideReason;
    }
    PlannedStep step;
    step.look = {
        ActionWords::tr("Promote %1").arg(lowerNameOf(rollout.candidate)),
        QStringLiteral("rocket"),
        commandOf("promote", rollout, further),
        false};
    step.doneText = ActionWords::tr("%1 has the traffic of %2")
                        .arg(nameOf(rollout.candidate), textOf(rollout.application));
    step.ask = [&client, target = targetOf(rollout), reason = overrideReason.toStdString()](
                   const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return client.promoteRollout(target, reason, request, planOf(std::move(onDone)));
    };
    return step;
}

PlannedStep trafficStep(RolloutsClient& client, const rollouts::Rollout& rollout, int percent)
{
    PlannedStep step;
    step.look = {
        ActionWords::tr("Give %1 %2 % of the traffic")
            .arg(lowerNameOf(rollout.candidate))
            .arg(percent),
        QStringLiteral("chevron-right"),
        commandOf("step", rollout, {QStringLiteral("--percent"), QString::number(percent)}),
        false};
    step.doneText = ActionWords::tr("%1 gets %2 % of the traffic of %3")
                        .arg(nameOf(rollout.candidate))
                        .arg(percent)
                        .arg(textOf(rollout.application));
    step.ask = [&client, target = targetOf(rollout), percent](
                   const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return client.stepTraffic(target, percent, request, planOf(std::move(onDone)));
    };
    return step;
}

PlannedStep rollBackStep(RolloutsClient& client, const rollouts::Rollout& rollout)
{
    PlannedStep step = simpleStep(
        client,
        rollout,
        {ActionWords::tr("Roll back to %1").arg(lowerNameOf(rollout.stable)),
         QStringLiteral("undo-2"),
         commandOf("rollback", rollout),
         true},
        ActionWords::tr("%1 has the traffic of %2 again")
            .arg(nameOf(rollout.stable), textOf(rollout.application)),
        &RolloutsClient::rollBack);
    step.withoutPlan =
        ActionWords::tr("The server cannot make a plan now: its database does not answer. Rolling "
                        "back works all the same, and is recorded when the database is back.");
    return step;
}

PlannedStep pauseStep(RolloutsClient& client, const rollouts::Rollout& rollout)
{
    return simpleStep(
        client,
        rollout,
        {ActionWords::tr("Pause"), QStringLiteral("pause"), commandOf("pause", rollout), false},
        ActionWords::tr("The rollout of %1 is paused").arg(textOf(rollout.application)),
        &RolloutsClient::pauseRollout);
}

PlannedStep resumeStep(RolloutsClient& client, const rollouts::Rollout& rollout)
{
    return simpleStep(
        client,
        rollout,
        {ActionWords::tr("Resume"), QStringLiteral("play"), commandOf("resume", rollout), false},
        ActionWords::tr("The rollout of %1 goes on").arg(textOf(rollout.application)),
        &RolloutsClient::resumeRollout);
}

PlannedStep abortStep(RolloutsClient& client, const rollouts::Rollout& rollout)
{
    return simpleStep(
        client,
        rollout,
        {ActionWords::tr("Abort"), QStringLiteral("octagon-x"), commandOf("abort", rollout), true},
        ActionWords::tr("The rollout of %1 is aborted").arg(textOf(rollout.application)),
        &RolloutsClient::abortRollout);
}

PlannedStep keepWarmStep(
    RolloutsClient& client, const rollouts::Rollout& rollout, absl::Duration duration)
{
    const QString length = QStringLiteral("%1m").arg(absl::ToInt64Minutes(duration));
    PlannedStep step;
    step.look = {
        ActionWords::tr("Keep %1 warm").arg(lowerNameOf(rollout.stable)),
        QStringLiteral("clock"),
        commandOf("keep-warm", rollout, {length}),
        false};
    step.doneText = ActionWords::tr("%1 is kept warm for %2 minutes")
                        .arg(nameOf(rollout.stable))
                        .arg(absl::ToInt64Minutes(duration));
    step.ask = [&client, target = targetOf(rollout), duration](
                   const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return client.keepWarm(target, duration, request, planOf(std::move(onDone)));
    };
    return step;
}

} // namespace pilothouse::ui
