// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/RolloutTables.h"

#include "ui/rollouts/RolloutText.h"
#include "ui/shell/ConnectionText.h"
#include "ui/shell/WhenText.h"

#include <QCoreApplication>

namespace pilothouse::ui {

namespace {

class TableWords
{
    Q_DECLARE_TR_FUNCTIONS(Rollouts)
};

TableCell textCell(const std::string& text)
{
    const QString whole = QString::fromStdString(text).simplified();
    return {whole, {}, {}, {}, whole};
}

TableCell timeCell(const QString& text, absl::Time time, TimeDisplay display)
{
    return {
        text,
        static_cast<qlonglong>(time == absl::InfinitePast() ? 0 : absl::ToUnixMicros(time)),
        {},
        {},
        exactText(time, display)};
}

} // namespace

std::vector<TableColumn> eventColumns()
{
    return {
        {QStringLiteral("time"), TableWords::tr("Time"), 90},
        {QStringLiteral("event"), TableWords::tr("Event"), 160},
        {QStringLiteral("who"), TableWords::tr("Who"), 120},
        {QStringLiteral("message"), TableWords::tr("Why"), 0}};
}

std::vector<TableRow> eventRows(const std::vector<rollouts::Event>& events, TimeDisplay display)
{
    std::vector<TableRow> rows;
    rows.reserve(events.size());
    for (std::size_t at = 0; at < events.size(); ++at) {
        const rollouts::Event& event = events[at];
        rows.push_back(
            {QString::number(at),
             {timeCell(clockText(event.time, display), event.time, display),
              textCell(event.kind),
              textCell(event.actor),
              textCell(event.message)}});
    }
    return rows;
}

std::vector<TableColumn> historyColumns()
{
    return {
        {QStringLiteral("rollout"), TableWords::tr("Rollout"), 80, /*number=*/true},
        {QStringLiteral("version"), TableWords::tr("Version"), 160},
        {QStringLiteral("from"), TableWords::tr("From → to"), 120},
        {QStringLiteral("state"), TableWords::tr("State"), 150},
        {QStringLiteral("begun"), TableWords::tr("Begun"), 110},
        {QStringLiteral("by"), TableWords::tr("By"), 110},
        {QStringLiteral("message"), TableWords::tr("Outcome"), 0}};
}

std::vector<TableRow> historyRows(
    const std::vector<rollouts::Rollout>& history, absl::Time now, TimeDisplay display)
{
    std::vector<TableRow> rows;
    rows.reserve(history.size());
    for (const rollouts::Rollout& one : history) {
        const QString id = QString::fromStdString(one.id);
        TableCell state = textCell({});
        state.text = wordOf(one.step);
        state.severity = severityOf(one.step);
        rows.push_back(
            {id,
             {{id, id.toLongLong(), {}, {}, {}},
              textCell(one.revision),
              {TableWords::tr("%1 → %2").arg(nameOf(one.stable), nameOf(one.candidate)),
               {},
               {},
               {},
               {}},
              std::move(state),
              timeCell(whenText(one.createTime, now, display), one.createTime, display),
              textCell(one.createdBy),
              textCell(one.message)}});
    }
    return rows;
}

} // namespace pilothouse::ui
