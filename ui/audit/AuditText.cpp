// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/audit/AuditText.h"

#include "ui/components/Format.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// Lines of both documents together, beyond which comparing them would take long.
constexpr qsizetype kMostLines = 2000;

QString tr(const char* text)
{
    return QCoreApplication::translate("Audit", text);
}

TableCell plain(const std::string& text)
{
    TableCell cell;
    cell.text = QString::fromStdString(text).simplified();
    return cell;
}

QStringList linesOf(const std::string& document)
{
    if (document.empty()) {
        return {};
    }
    const QByteArray bytes = QByteArray::fromStdString(document);
    const QJsonDocument json = QJsonDocument::fromJson(bytes);
    const QString text = json.isNull() ? QString::fromUtf8(bytes)
                                       : QString::fromUtf8(json.toJson(QJsonDocument::Indented));
    return text.trimmed().split(QLatin1Char('\n'));
}

/// Lengths of the longest common subsequences of the ends of both lists.
std::vector<std::vector<int>> commonLengths(const QStringList& before, const QStringList& after)
{
    const auto rows = static_cast<std::size_t>(before.size());
    const auto columns = static_cast<std::size_t>(after.size());
    std::vector<std::vector<int>> lengths(rows + 1, std::vector<int>(columns + 1, 0));
    for (std::size_t row = rows; row-- > 0;) {
        for (std::size_t column = columns; column-- > 0;) {
            const bool isSame =
                before[static_cast<qsizetype>(row)] == after[static_cast<qsizetype>(column)];
            lengths[row][column] =
                isSame ? lengths[row + 1][column + 1] + 1
                       : std::max(lengths[row + 1][column], lengths[row][column + 1]);
        }
    }
    return lengths;
}

QJsonValue documentJson(const std::string& text)
{
    const QJsonDocument json = QJsonDocument::fromJson(QByteArray::fromStdString(text));
    if (json.isObject()) {
        return json.object();
    }
    return json.isArray() ? QJsonValue(json.array()) : QJsonValue(QString::fromStdString(text));
}

} // namespace

std::vector<TableColumn> auditColumns()
{
    return {
        {QStringLiteral("time"), tr("Time"), 175, false, false, false},
        {QStringLiteral("actor"), tr("Actor"), 120, false, false, false},
        {QStringLiteral("action"), tr("Action"), 190, false, false, false},
        {QStringLiteral("target"), tr("Object"), 0, false, false, false},
        {QStringLiteral("outcome"), tr("Result"), 90, false, false, false},
        {QStringLiteral("reason"), tr("Reason"), 0, false, false, false},
        {QStringLiteral("source"), tr("Source"), 110, false, false, false},
        {QStringLiteral("entry"), tr("Entry"), 84, true, false, false}};
}

TableRow auditRow(const audit::ChainedEntry& entry, bool utc)
{
    const audit::Entry& what = entry.entry;
    TableCell time;
    time.text = auditTime(entry.recordTime, utc);
    TableCell outcome;
    outcome.text = outcomeWord(what.outcome);
    outcome.severity = severityOf(what.outcome);
    TableCell reason = plain(what.reason.empty() ? what.message : what.reason);
    reason.toolTip = reason.text;
    TableCell number;
    number.text = formatCount(entry.sequence);
    number.sortKey = static_cast<qlonglong>(entry.sequence);
    TableRow row;
    row.key = QString::number(entry.sequence);
    // Newest first by the chain's order, which a clock that goes back does not disturb.
    time.sortKey = number.sortKey;
    row.cells = {
        time,
        plain(what.actor.name),
        plain(what.action),
        plain(what.target),
        outcome,
        reason,
        plain(what.actor.source),
        number};
    return row;
}

QString auditTime(absl::Time time, bool utc)
{
    const auto moment =
        QDateTime::fromMSecsSinceEpoch(absl::ToUnixMillis(time), utc ? Qt::UTC : Qt::LocalTime);
    return moment.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

Severity severityOf(audit::Outcome outcome)
{
    switch (outcome) {
    case audit::Outcome::Ok:
        return Severity::Ok;
    case audit::Outcome::Denied:
        return Severity::Warning;
    case audit::Outcome::Failed:
        break;
    }
    return Severity::Error;
}

QString outcomeWord(audit::Outcome outcome)
{
    switch (outcome) {
    case audit::Outcome::Ok:
        return tr("Done");
    case audit::Outcome::Denied:
        return tr("Denied");
    case audit::Outcome::Failed:
        break;
    }
    return tr("Failed");
}

ChainBadge chainBadge(const audit::ChainStatus& status, bool utc)
{
    ChainBadge badge;
    switch (status.state) {
    case audit::ChainState::Verifying:
        badge.text = tr("Hash chain is being verified");
        break;
    case audit::ChainState::Intact:
        badge.severity = Severity::Ok;
        if (status.verifiedSequence == 0) {
            badge.text = tr("Hash chain is empty");
            break;
        }
        badge.text = status.verifiedTime == absl::InfinitePast()
                         ? tr("Hash chain intact")
                         : tr("Hash chain intact to %1")
                               .arg(formatClock(absl::ToUnixMillis(status.verifiedTime), utc));
        badge.details =
            tr("Verified to entry %1 at %2.")
                .arg(formatCount(status.verifiedSequence), auditTime(status.checkTime, utc));
        break;
    case audit::ChainState::Broken:
        badge.severity = Severity::Critical;
        badge.text = tr("Hash chain broken");
        if (status.firstBreak) {
            const QString day =
                QString::fromStdString(absl::FormatCivilTime(status.firstBreak->day));
            const QString problem = QString::fromStdString(status.firstBreak->problem);
            badge.text = status.firstBreak->sequence == 0
                             ? tr("Hash chain broken on %1").arg(day)
                             : tr("Hash chain broken at entry %1")
                                   .arg(formatCount(status.firstBreak->sequence));
            badge.details = tr("%1: %2.").arg(day, problem);
        }
        break;
    }
    return badge;
}

std::vector<DiffLine> auditDiff(const std::string& before, const std::string& after)
{
    const QStringList old = linesOf(before);
    const QStringList now = linesOf(after);
    std::vector<DiffLine> lines;
    qsizetype row = 0;
    qsizetype column = 0;
    if (old.size() + now.size() <= kMostLines) {
        const auto lengths = commonLengths(old, now);
        const auto length = [&](qsizetype oldAt, qsizetype nowAt) {
            return lengths[static_cast<std::size_t>(oldAt)][static_cast<std::size_t>(nowAt)];
        };
        while (row < old.size() && column < now.size()) {
            if (old[row] == now[column]) {
                lines.push_back({DiffLine::Kind::Same, old[row]});
                ++row;
                ++column;
            } else if (length(row + 1, column) >= length(row, column + 1)) {
                lines.push_back({DiffLine::Kind::Removed, old[row++]});
            } else {
                lines.push_back({DiffLine::Kind::Added, now[column++]});
            }
        }
    }
    for (; row < old.size(); ++row) {
        lines.push_back({DiffLine::Kind::Removed, old[row]});
    }
    for (; column < now.size(); ++column) {
        lines.push_back({DiffLine::Kind::Added, now[column]});
    }
    return lines;
}

QString auditJson(const audit::ChainedEntry& entry)
{
    const audit::Entry& what = entry.entry;
    const auto text = [](const std::string& value) { return QString::fromStdString(value); };
    QJsonArray roles;
    for (const std::string& role : what.actor.roles) {
        roles.append(text(role));
    }
    QJsonObject object;
    object.insert(QStringLiteral("sequence"), static_cast<qint64>(entry.sequence));
    object.insert(
        QStringLiteral("recordTime"),
        text(absl::FormatTime(absl::RFC3339_full, entry.recordTime, absl::UTCTimeZone())));
    object.insert(QStringLiteral("actor"), text(what.actor.name));
    object.insert(QStringLiteral("roles"), roles);
    object.insert(QStringLiteral("action"), text(what.action));
    object.insert(QStringLiteral("target"), text(what.target));
    object.insert(QStringLiteral("outcome"), text(std::string(audit::outcomeText(what.outcome))));
    object.insert(QStringLiteral("message"), text(what.message));
    object.insert(QStringLiteral("before"), documentJson(what.before));
    object.insert(QStringLiteral("after"), documentJson(what.after));
    object.insert(QStringLiteral("reason"), text(what.reason));
    object.insert(QStringLiteral("planDigest"), text(what.planDigest));
    object.insert(QStringLiteral("source"), text(what.actor.source));
    object.insert(QStringLiteral("requestId"), text(what.actor.requestId));
    object.insert(QStringLiteral("traceId"), text(what.actor.traceId));
    object.insert(
        QStringLiteral("hash"), QString::fromLatin1(QByteArray::fromStdString(entry.hash).toHex()));
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Indented));
}

QString auditCommand(std::int64_t sequence)
{
    return QStringLiteral("pilothousectl audit show %1").arg(sequence);
}

} // namespace pilothouse::ui
