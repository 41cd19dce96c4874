// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/CtlCommand.h"

#include "ui/shell/CtlLine.h"

namespace pilothouse::ui {

namespace {

void addParameters(QStringList& words, const jobs::Parameters& parameters)
{
    for (const auto& [name, value] : parameters) {
        words << QString::fromStdString(name) + QLatin1Char('=') + QString::fromStdString(value);
    }
}

} // namespace

QString runCommand(const std::string& kind, const jobs::Parameters& parameters)
{
    QStringList words{QStringLiteral("jobs"), QStringLiteral("run"), QString::fromStdString(kind)};
    addParameters(words, parameters);
    return ctlLine(words);
}

QString jobCommand(const QString& verb, const std::string& id)
{
    return ctlLine({QStringLiteral("jobs"), verb, QString::fromStdString(id)});
}

QString scheduleVerbCommand(const QString& verb, const std::string& name)
{
    return ctlLine(
        {QStringLiteral("jobs"), QStringLiteral("schedules"), verb, QString::fromStdString(name)});
}

QString scheduleCommand(const jobs::Schedule& schedule)
{
    QStringList words{
        QStringLiteral("jobs"),
        QStringLiteral("schedules"),
        QStringLiteral("add"),
        QString::fromStdString(schedule.name),
        QString::fromStdString(schedule.cron),
        QString::fromStdString(schedule.kind)};
    addParameters(words, schedule.parameters);
    if (!schedule.timeZone.empty()) {
        words << QStringLiteral("--time-zone") << QString::fromStdString(schedule.timeZone);
    }
    return ctlLine(words);
}

} // namespace pilothouse::ui
