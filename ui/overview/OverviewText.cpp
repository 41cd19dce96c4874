// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/OverviewText.h"

#include "ui/components/Format.h"

#include <QCoreApplication>
#include <QUrl>

#include <algorithm>

namespace pilothouse::ui {

namespace {

QString tr(const char* text, int count = -1)
{
    return QCoreApplication::translate("Overview", text, nullptr, count);
}

QString ago(absl::Time since, absl::Time now)
{
    if (since == absl::InfinitePast()) {
        return QStringLiteral("–");
    }
    return formatDuration(std::max(0.0, absl::ToDoubleSeconds(now - since)));
}

/// Which one of a job's targets: its colour, else its instance; a loopback host goes without
/// saying.
QString placeOf(const metrics::Target& target, const QString& url)
{
    QString colour = QString::fromUtf8(target.labels.get("colour"));
    if (!colour.isEmpty()) {
        return colour;
    }
    QString instance = QString::fromUtf8(target.labels.get("instance"));
    if (instance.isEmpty()) {
        instance = QUrl(url).authority();
    }
    for (const char* loopback : {"127.0.0.1", "localhost", "[::1]"}) {
        if (instance.startsWith(QLatin1String(loopback) + QLatin1Char(':'))) {
            instance.remove(0, static_cast<qsizetype>(qstrlen(loopback)));
        }
    }
    return instance;
}

TableCell timeCell(absl::Time since, absl::Time now)
{
    TableCell cell;
    const bool isKnown = since != absl::InfinitePast();
    cell.text = isKnown ? formatAge(std::max(0.0, absl::ToDoubleSeconds(now - since)))
                        : QStringLiteral("–");
    cell.sortKey = static_cast<qlonglong>(absl::ToUnixMillis(since));
    if (isKnown) {
        const QString time = formatClock(absl::ToUnixMillis(since), /*utc=*/true);
        cell.toolTip = tr("For %1, since %2 UTC").arg(ago(since, now), time);
        cell.spoken = cell.toolTip;
    }
    return cell;
}

} // namespace

Severity severityOf(system::HealthState state)
{
    switch (state) {
    case system::HealthState::Healthy:
        return Severity::Ok;
    case system::HealthState::Degraded:
        return Severity::Warning;
    case system::HealthState::Unhealthy:
        return Severity::Critical;
    case system::HealthState::Absent:
        break;
    }
    return Severity::Unknown;
}

QString wordOf(system::HealthState state)
{
    switch (state) {
    case system::HealthState::Healthy:
        return tr("Healthy");
    case system::HealthState::Degraded:
        return tr("Degraded");
    case system::HealthState::Unhealthy:
        return tr("Unhealthy");
    case system::HealthState::Absent:
        break;
    }
    return tr("Absent");
}

std::vector<TableColumn> healthColumns()
{
    return {
        {QStringLiteral("component"), tr("Component"), 0},
        {QStringLiteral("state"), tr("State"), 102},
        {QStringLiteral("response"), tr("Response"), 76, true},
        {QStringLiteral("since"), tr("For"), 66, true}};
}

std::vector<TableRow> healthRows(const system::Health& health, absl::Time now)
{
    std::vector<TableRow> rows;
    std::vector<system::ComponentHealth> sorted = health.components;
    std::ranges::stable_sort(
        sorted, [](const auto& left, const auto& right) { return left.state > right.state; });
    for (const system::ComponentHealth& component : sorted) {
        const QString name = QString::fromStdString(component.name);
        const QString message = QString::fromStdString(component.message);
        TableCell state;
        state.text = wordOf(component.state);
        state.sortKey = -static_cast<int>(component.state);
        state.severity = severityOf(component.state);
        state.spoken =
            message.isEmpty() ? state.text : QString(state.text + QStringLiteral(", ") + message);
        state.toolTip = message;
        TableCell response;
        const double seconds = absl::ToDoubleSeconds(component.responseTime);
        response.text = component.state == system::HealthState::Absent || seconds <= 0
                            ? QStringLiteral("–")
                            : formatValue(seconds, Unit::Seconds).text();
        response.sortKey = seconds;
        // What a healthy component says of itself (who leads) is no reason for its state: it stands
        // beside the name.
        const bool isFact = component.state == system::HealthState::Healthy && !message.isEmpty();
        TableCell title{isFact ? tr("%1: %2").arg(name, message) : name, {}, {}, {}, message};
        rows.push_back({name, {title, state, response, timeCell(component.since, now)}});
    }
    return rows;
}

std::vector<TableColumn> targetColumns()
{
    return {
        {QStringLiteral("target"), tr("Target"), 0},
        {QStringLiteral("state"), tr("State"), 78},
        {QStringLiteral("samples"), tr("Samples"), 76, true},
        {QStringLiteral("took"), tr("Took"), 74, true}};
}

std::vector<TableRow> targetRows(const std::vector<metrics::Target>& targets, absl::Time now)
{
    std::vector<metrics::Target> sorted = targets;
    // Down first, then not yet scraped, then up.
    std::ranges::stable_sort(sorted, [](const auto& left, const auto& right) {
        const auto rank = [](metrics::TargetHealth health) {
            return health == metrics::TargetHealth::Down      ? 0
                   : health == metrics::TargetHealth::Unknown ? 1
                                                              : 2;
        };
        return rank(left.health) < rank(right.health);
    });
    std::vector<TableRow> rows;
    for (const metrics::Target& target : sorted) {
        const QString job = QString::fromStdString(target.job);
        const QString url = QString::fromStdString(target.url);
        const QString where = placeOf(target, url);
        const QString error = QString::fromStdString(target.lastError);
        TableCell name{
            where.isEmpty() ? job : QString(job + QStringLiteral(" · ") + where), {}, {}, {}, url};
        TableCell state;
        switch (target.health) {
        case metrics::TargetHealth::Up:
            state = {tr("Up"), 2, Severity::Ok, {}, {}};
            break;
        case metrics::TargetHealth::Down:
            state = {tr("Down"), 0, Severity::Critical, tr("Down, %1").arg(error), error};
            break;
        case metrics::TargetHealth::Unknown:
            state = {tr("New"), 1, Severity::Unknown, tr("Not scraped yet"), {}};
            break;
        }
        state.toolTip = target.lastScrape == absl::InfinitePast()
                            ? error
                            : tr("Last scrape %1 ago. %2").arg(ago(target.lastScrape, now), error);
        const double took = absl::ToDoubleSeconds(target.lastScrapeDuration);
        rows.push_back(
            {job + QLatin1Char(' ') + url,
             {name,
              state,
              {formatCount(target.lastSamples), target.lastSamples, {}, {}, {}},
              {took > 0 ? formatValue(took, Unit::Seconds).text() : QStringLiteral("–"),
               took,
               {},
               {},
               {}}}});
    }
    return rows;
}

QString shiftSentence(
    const std::optional<system::Health>& health, const std::vector<metrics::Target>& targets)
{
    QStringList parts;
    if (health) {
        QStringList bad;
        int present = 0;
        for (const system::ComponentHealth& component : health->components) {
            present += component.state == system::HealthState::Absent ? 0 : 1;
            if (component.state >= system::HealthState::Degraded) {
                bad << QStringLiteral("%1 %2").arg(
                    QString::fromStdString(component.name), wordOf(component.state).toLower());
            }
        }
        parts
            << (bad.isEmpty() ? tr("All %1 components healthy").arg(present)
                              : bad.join(QStringLiteral(", ")));
    }
    if (!targets.empty()) {
        const auto down =
            std::ranges::count(targets, metrics::TargetHealth::Down, &metrics::Target::health);
        const auto all = static_cast<qint64>(targets.size());
        parts
            << (down == 0 ? tr("%1 of %2 targets up").arg(all).arg(all)
                          : tr("%1 of %2 targets down").arg(down).arg(all));
    }
    return parts.isEmpty() ? QString() : QString(parts.join(QStringLiteral(" · ")));
}

QString storeSentence(const metrics::StoreStatus& store)
{
    QString text = tr("%1 series · %2 samples/s · %3 in memory")
                       .arg(
                           formatCount(store.series),
                           formatCount(static_cast<qint64>(store.samplesPerSecond)),
                           formatValue(static_cast<double>(store.memoryBytes), Unit::Bytes).text());
    if (store.seriesRejected > 0) {
        text = tr("%1 series refused: the limit of %2 is reached · ")
                   .arg(formatCount(store.seriesRejected), formatCount(store.seriesLimit)) +
               text;
    }
    return text;
}

} // namespace pilothouse::ui
