// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/scaling/ScalingText.h"

#include "ui/components/Format.h"
#include "ui/shell/WhenText.h"

#include <QCoreApplication>

#include <cstdlib>

namespace pilothouse::ui {

namespace {

class ScalingWords
{
    Q_DECLARE_TR_FUNCTIONS(Scaling)
};

QString shownText(const std::string& text)
{
    return QString::fromStdString(text).simplified();
}

TableCell textCell(const QString& text, const QString& toolTip = {})
{
    TableCell cell;
    cell.text = text;
    cell.toolTip = toolTip;
    return cell;
}

TableCell countCell(int number)
{
    TableCell cell;
    cell.text = QString::number(number);
    cell.sortKey = number;
    return cell;
}

TableCell timeCell(absl::Time time, absl::Time now, TimeDisplay display)
{
    TableCell cell;
    cell.text = whenText(time, now, display);
    cell.sortKey = static_cast<qlonglong>(absl::ToUnixMicros(time));
    cell.toolTip = exactText(time, display);
    return cell;
}

bool isCounted(const scaling::PolicyState& state)
{
    return state.last && (state.last->isValid || state.last->count.wanted > 0);
}

TableCell nowCell(const scaling::PolicyState& state)
{
    if (!isCounted(state)) {
        return textCell(QStringLiteral("–"));
    }
    const scaling::Count& count = state.last->count;
    TableCell cell = countCell(count.wanted);
    if (count.ready != count.wanted) {
        cell.text = QStringLiteral("%1/%2").arg(count.ready).arg(count.wanted);
        cell.spoken = ScalingWords::tr("%1 ready of %2").arg(count.ready).arg(count.wanted);
        cell.toolTip = cell.spoken;
    }
    return cell;
}

TableCell recommendedCell(const scaling::PolicyState& state)
{
    if (!state.last || !state.last->isValid) {
        return textCell(QStringLiteral("–"), ScalingWords::tr("Nothing could be decided"));
    }
    TableCell cell = countCell(state.last->recommended);
    const int difference = state.last->recommended - state.last->count.wanted;
    if (difference != 0) {
        cell.text = QStringLiteral("%1 %2").arg(
            difference > 0 ? QStringLiteral("↑") : QStringLiteral("↓"),
            QString::number(state.last->recommended));
        cell.spoken =
            (difference > 0 ? ScalingWords::tr("%1, %2 more") : ScalingWords::tr("%1, %2 fewer"))
                .arg(state.last->recommended)
                .arg(std::abs(difference));
    }
    return cell;
}

/// With more digits where there is little: of half an hour "0.0" would say nothing.
QString hoursText(double hours)
{
    return QString::number(hours, 'f', hours < 10 ? 2 : 0);
}

QString timesText(int times)
{
    return times == 0   ? ScalingWords::tr("never")
           : times == 1 ? ScalingWords::tr("once")
                        : ScalingWords::tr("%1 times").arg(times);
}

QString modeText(scaling::Mode mode)
{
    return mode == scaling::Mode::Act ? ScalingWords::tr("Acts") : ScalingWords::tr("Recommends");
}

QString actText(const scaling::Record& record)
{
    switch (record.act) {
    case scaling::Act::None:
        return ScalingWords::tr("Recommended");
    case scaling::Act::Pending:
        return ScalingWords::tr("Under way");
    case scaling::Act::Done:
        return ScalingWords::tr("Scaled");
    case scaling::Act::Failed:
        return ScalingWords::tr("Failed");
    case scaling::Act::Superseded:
        return ScalingWords::tr("Superseded");
    }
    return {};
}

Severity severityOf(scaling::Act act)
{
    switch (act) {
    case scaling::Act::Done:
        return Severity::Ok;
    case scaling::Act::Failed:
        return Severity::Error;
    case scaling::Act::None:
    case scaling::Act::Pending:
    case scaling::Act::Superseded:
        break;
    }
    return Severity::Info;
}

QString behaviourText(const scaling::Behaviour& behaviour)
{
    if (behaviour.select == scaling::Select::Disabled) {
        return ScalingWords::tr("never");
    }
    QStringList rates;
    for (const scaling::RatePolicy& rate : behaviour.rates) {
        rates << shownText(scaling::toText(rate));
    }
    const QString window = formatDuration(absl::ToDoubleSeconds(behaviour.stabilisation));
    const QString limit = rates.isEmpty()     ? ScalingWords::tr("without a limit")
                          : rates.size() == 1 ? ScalingWords::tr("at most %1").arg(rates.front())
                                              : (behaviour.select == scaling::Select::Max
                                                     ? ScalingWords::tr("at most the greater of %1")
                                                     : ScalingWords::tr("at most the lesser of %1"))
                                                    .arg(rates.join(QStringLiteral(", ")));
    return behaviour.stabilisation > absl::ZeroDuration()
               ? ScalingWords::tr("over %1, %2").arg(window, limit)
               : ScalingWords::tr("at once, %1").arg(limit);
}

} // namespace

QString problemOf(const scaling::PolicyState& state)
{
    if (!state.problem.empty()) {
        return shownText(state.problem);
    }
    return state.last ? shownText(state.last->problem) : QString();
}

Severity severityOf(const scaling::PolicyState& state)
{
    if (!state.problem.empty()) {
        return Severity::Error;
    }
    if (state.pause) {
        return Severity::Warning;
    }
    if (!state.last) {
        return Severity::Unknown;
    }
    if (!state.last->isValid || !state.last->problem.empty()) {
        return Severity::Warning;
    }
    return state.last->isChange() ? Severity::Info : Severity::Ok;
}

QString wordOf(const scaling::PolicyState& state)
{
    if (!state.problem.empty()) {
        return ScalingWords::tr("Problem");
    }
    if (state.pause) {
        return ScalingWords::tr("Paused");
    }
    if (!state.last) {
        return ScalingWords::tr("Not looked at");
    }
    if (!state.last->isValid) {
        return ScalingWords::tr("Undecided");
    }
    const int difference = state.last->recommended - state.last->count.wanted;
    return difference > 0   ? ScalingWords::tr("Wants more")
           : difference < 0 ? ScalingWords::tr("Wants fewer")
                            : ScalingWords::tr("As it should be");
}

QString changeText(const scaling::Decision& decision)
{
    return decision.isChange()
               ? QStringLiteral("%1 → %2").arg(decision.count.wanted).arg(decision.recommended)
               : QString::number(decision.count.wanted);
}

std::vector<TableColumn> policyColumns()
{
    return {
        {QStringLiteral("policy"), ScalingWords::tr("Policy"), 140},
        {QStringLiteral("state"), ScalingWords::tr("State"), 136},
        {QStringLiteral("mode"), ScalingWords::tr("Mode"), 110},
        {QStringLiteral("now"), ScalingWords::tr("Now"), 64, true},
        {QStringLiteral("recommended"), ScalingWords::tr("Recommended"), 112, true},
        {QStringLiteral("bounds"), ScalingWords::tr("Min–max"), 90, true},
        {QStringLiteral("why"), ScalingWords::tr("Why"), 0},
        {QStringLiteral("looked"), ScalingWords::tr("Looked"), 90}};
}

TableRow policyRow(const scaling::PolicyState& state, absl::Time now, TimeDisplay display)
{
    const scaling::Policy& policy = state.policy;
    TableRow row;
    row.key = QString::fromStdString(policy.name);
    TableCell word = textCell(wordOf(state), problemOf(state));
    word.severity = severityOf(state);
    word.sortKey = -static_cast<int>(*word.severity);
    TableCell bounds = textCell(QStringLiteral("%1–%2").arg(policy.least).arg(policy.most));
    bounds.sortKey = policy.most;
    const QString why =
        problemOf(state).isEmpty() && state.last ? shownText(state.last->text) : problemOf(state);
    row.cells = {
        textCell(shownText(policy.title), row.key),
        std::move(word),
        textCell(modeText(policy.mode), shownText(policy.target)),
        nowCell(state),
        recommendedCell(state),
        std::move(bounds),
        textCell(why, why),
        timeCell(state.last ? state.last->time : absl::InfinitePast(), now, display)};
    return row;
}

std::vector<TableColumn> decisionColumns()
{
    return {
        {QStringLiteral("time"), ScalingWords::tr("When"), 84},
        {QStringLiteral("change"), ScalingWords::tr("Instances"), 84, true},
        {QStringLiteral("act"), ScalingWords::tr("What came of it"), 0}};
}

TableRow decisionRow(const scaling::Record& record, absl::Time now, TimeDisplay display)
{
    TableRow row;
    row.key = QString::fromStdString(record.id);
    const QString why = shownText(record.decision.text);
    TableCell act = textCell(
        record.message.empty()
            ? actText(record)
            : QStringLiteral("%1: %2").arg(actText(record), shownText(record.message)));
    act.toolTip = record.message.empty() ? why : QStringLiteral("%1\n%2").arg(act.text, why);
    act.severity = severityOf(record.act);
    TableCell time = timeCell(record.decision.time, now, display);
    time.sortKey = row.key.toLongLong();
    row.cells = {std::move(time), textCell(changeText(record.decision), why), std::move(act)};
    return row;
}

std::vector<TableColumn> simulatedColumns()
{
    return {
        {QStringLiteral("time"), ScalingWords::tr("When"), 100},
        {QStringLiteral("change"), ScalingWords::tr("Instances"), 90, true},
        {QStringLiteral("why"), ScalingWords::tr("Why"), 0}};
}

std::vector<TableRow> simulatedRows(
    const scaling::Simulation& simulation, absl::Time now, TimeDisplay display)
{
    std::vector<TableRow> rows;
    for (const scaling::Decision& decision : simulation.changes) {
        TableRow row;
        row.key = QString::number(rows.size());
        TableCell time = timeCell(decision.time, now, display);
        row.cells = {
            std::move(time),
            textCell(changeText(decision)),
            textCell(shownText(decision.text), shownText(decision.text))};
        rows.push_back(std::move(row));
    }
    return rows;
}

QString simulationText(const scaling::Simulation& simulation)
{
    QString text =
        ScalingWords::tr("It would have scaled up %1 and down %2, with %3 instance hours "
                         "instead of %4.")
            .arg(
                timesText(simulation.ups),
                timesText(simulation.downs),
                hoursText(simulation.simulatedInstanceHours),
                hoursText(simulation.actualInstanceHours));
    if (simulation.unreadable > 0) {
        text +=
            QLatin1Char(' ') + (simulation.unreadable == 1
                                    ? ScalingWords::tr("At one look not every number was recorded.")
                                    : ScalingWords::tr("At %1 looks not every number was recorded.")
                                          .arg(simulation.unreadable));
    }
    return text;
}

std::vector<std::pair<QString, QString>> factsOf(
    const scaling::PolicyState& state, absl::Time now, TimeDisplay display)
{
    const scaling::Policy& policy = state.policy;
    std::vector<std::pair<QString, QString>> facts;
    if (state.pause) {
        facts.emplace_back(
            ScalingWords::tr("Paused"),
            ScalingWords::tr("%1 by %2%3")
                .arg(
                    whenText(state.pause->time, now, display),
                    shownText(state.pause->by),
                    state.pause->reason.empty()
                        ? QString()
                        : QStringLiteral(": ") + shownText(state.pause->reason)));
    }
    if (state.last) {
        for (const scaling::Proposal& proposal : state.last->proposals) {
            facts.emplace_back(shownText(proposal.metric), shownText(proposal.text));
        }
    }
    facts.emplace_back(
        ScalingWords::tr("Scales"),
        policy.target.empty() ? ScalingWords::tr("nothing; it only recommends")
                              : shownText(policy.target));
    facts.emplace_back(
        ScalingWords::tr("Between"),
        ScalingWords::tr("%1 and %2 instances").arg(policy.least).arg(policy.most));
    facts.emplace_back(
        ScalingWords::tr("Tolerance"),
        QStringLiteral("%1 %").arg(QString::number(policy.tolerance * 100, 'g', 3)));
    facts.emplace_back(ScalingWords::tr("Up"), behaviourText(policy.up));
    facts.emplace_back(ScalingWords::tr("Down"), behaviourText(policy.down));
    return facts;
}

} // namespace pilothouse::ui
