// SPDX-License-Identifier: GPL-3.0-or-later
// The receipt of a rollout, for people and for programs.
#include "ui/rollouts/RolloutText.h"
#include "ui/shell/ConnectionText.h"
#include "ui/shell/WhenText.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

namespace pilothouse::ui {

namespace {

using rollouts::Rollout;

class ReceiptWords
{
    Q_DECLARE_TR_FUNCTIONS(Rollouts)
};

QString plain(const std::string& value)
{
    return QString::fromStdString(value).simplified();
}

QJsonValue whole(const std::string& value)
{
    return QString::fromStdString(value);
}

QJsonValue name(std::string_view value)
{
    return QString::fromUtf8(value.data(), static_cast<qsizetype>(value.size()));
}

QJsonValue jsonTime(absl::Time time)
{
    return time == absl::InfinitePast() || time == absl::InfiniteFuture()
               ? QJsonValue()
               : whole(absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone()));
}

QJsonObject jsonOf(const rollouts::MetricEvidence& one)
{
    return {
        {QStringLiteral("name"), whole(one.name)},
        {QStringLiteral("stableRequests"), static_cast<qint64>(one.stable.requests)},
        {QStringLiteral("stableEvents"), static_cast<qint64>(one.stable.events)},
        {QStringLiteral("candidateRequests"), static_cast<qint64>(one.candidate.requests)},
        {QStringLiteral("candidateEvents"), static_cast<qint64>(one.candidate.events)}};
}

} // namespace

std::vector<std::pair<QString, QString>> receiptFacts(const Rollout& rollout, TimeDisplay display)
{
    std::vector<std::pair<QString, QString>> facts{
        {ReceiptWords::tr("Application"), plain(rollout.application)},
        {ReceiptWords::tr("Version"), plain(rollout.revision)},
        {ReceiptWords::tr("From, to"),
         ReceiptWords::tr("%1 → %2").arg(nameOf(rollout.stable), nameOf(rollout.candidate))}};
    const auto add = [&](const QString& title, const QString& value) {
        if (!value.isEmpty()) {
            facts.emplace_back(title, value);
        }
    };
    add(ReceiptWords::tr("What is in it"), plain(rollout.description));
    add(ReceiptWords::tr("Begun"),
        ReceiptWords::tr("%1 by %2")
            .arg(exactText(rollout.createTime, display), plain(rollout.createdBy)));
    if (rollout.promoteTime != absl::InfinitePast()) {
        add(ReceiptWords::tr("Promoted"),
            ReceiptWords::tr("%1 by %2")
                .arg(exactText(rollout.promoteTime, display), plain(rollout.promotedBy)));
    }
    add(ReceiptWords::tr("What was approved"), plain(rollout.approvedServers));
    if (rollout.endTime != absl::InfinitePast()) {
        add(ReceiptWords::tr("Ended"), exactText(rollout.endTime, display));
    }
    if (!rollout.evidence.empty()) {
        add(ReceiptWords::tr("Verdict"), wordOf(rollout.verdict));
        add(ReceiptWords::tr("Compared"), evidenceText(rollout));
    }
    add(ReceiptWords::tr("Override"), plain(rollout.overrideReason));
    add(ReceiptWords::tr("Outcome"), plain(rollout.message));
    return facts;
}

std::vector<MarkedLine> eventLines(const std::vector<rollouts::Event>& events, TimeDisplay display)
{
    std::vector<MarkedLine> lines;
    lines.reserve(events.size());
    for (const rollouts::Event& event : events) {
        lines.push_back(
            {QStringLiteral("clock"),
             Color::TextSecondary,
             ReceiptWords::tr("%1  %2 by %3")
                 .arg(clockText(event.time, display), plain(event.kind), plain(event.actor)),
             plain(event.message)});
    }
    return lines;
}

QString receiptText(const client::RolloutReceipt& receipt, TimeDisplay display)
{
    QStringList lines{
        ReceiptWords::tr("Rollout %1: %2")
            .arg(plain(receipt.rollout.id), wordOf(receipt.rollout.step)),
        {}};
    for (const auto& [title, value] : receiptFacts(receipt.rollout, display)) {
        lines << QStringLiteral("%1: %2").arg(title, value);
    }
    lines << QString();
    for (const rollouts::Event& event : receipt.events) {
        lines << QStringLiteral("%1  %2  %3  %4")
                     .arg(
                         exactText(event.time, display),
                         plain(event.kind),
                         plain(event.actor),
                         plain(event.message));
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

QByteArray receiptJson(const client::RolloutReceipt& receipt)
{
    const Rollout& rollout = receipt.rollout;
    QJsonArray evidence;
    for (const rollouts::MetricEvidence& one : rollout.evidence) {
        evidence.append(jsonOf(one));
    }
    QJsonArray events;
    for (const rollouts::Event& event : receipt.events) {
        events.append(QJsonObject{
            {QStringLiteral("time"), jsonTime(event.time)},
            {QStringLiteral("kind"), whole(event.kind)},
            {QStringLiteral("step"), name(rollouts::stepName(event.step))},
            {QStringLiteral("actor"), whole(event.actor)},
            {QStringLiteral("message"), whole(event.message)}});
    }
    const QJsonObject object{
        {QStringLiteral("id"), whole(rollout.id)},
        {QStringLiteral("application"), whole(rollout.application)},
        {QStringLiteral("revision"), whole(rollout.revision)},
        {QStringLiteral("description"), whole(rollout.description)},
        {QStringLiteral("stable"), name(rollouts::colourName(rollout.stable))},
        {QStringLiteral("candidate"), name(rollouts::colourName(rollout.candidate))},
        {QStringLiteral("step"), name(rollouts::stepName(rollout.step))},
        {QStringLiteral("createdBy"), whole(rollout.createdBy)},
        {QStringLiteral("createTime"), jsonTime(rollout.createTime)},
        {QStringLiteral("promotedBy"), whole(rollout.promotedBy)},
        {QStringLiteral("promoteTime"), jsonTime(rollout.promoteTime)},
        {QStringLiteral("endTime"), jsonTime(rollout.endTime)},
        {QStringLiteral("verdict"), name(rollouts::verdictName(rollout.verdict))},
        {QStringLiteral("overrideReason"), whole(rollout.overrideReason)},
        {QStringLiteral("approvedServers"), whole(rollout.approvedServers)},
        {QStringLiteral("candidatePercent"), rollout.candidatePercent},
        {QStringLiteral("message"), whole(rollout.message)},
        {QStringLiteral("evidence"), evidence},
        {QStringLiteral("events"), events}};
    return QJsonDocument(object).toJson();
}

} // namespace pilothouse::ui
