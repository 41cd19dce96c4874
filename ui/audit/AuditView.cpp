// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/audit/AuditView.h"

#include "ui/shell/CtlLine.h"

#include <QStringList>
#include <QUrl>
#include <QUrlQuery>

#include <algorithm>
#include <array>

namespace pilothouse::ui {

namespace {

struct TextField
{
    const char* name;
    std::string audit::Filter::*member;
};

/// The names are those of the command line's flags.
constexpr std::array<TextField, 4> kTextFields{{
    {"actor", &audit::Filter::actor},
    {"action", &audit::Filter::action},
    {"target", &audit::Filter::target},
    {"text", &audit::Filter::text},
}};
const auto kOutcome = QStringLiteral("outcome");
const auto kInTimeRange = QStringLiteral("in_time_range");

QString outcomesOf(const audit::Filter& filter)
{
    QStringList names;
    for (const audit::Outcome outcome : filter.outcomes) {
        const std::string_view name = audit::outcomeText(outcome);
        names << QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size()));
    }
    return names.join(QLatin1Char(','));
}

} // namespace

QString auditViewText(const AuditView& view)
{
    QStringList parts;
    const auto add = [&parts](const QString& name, const QString& value) {
        if (!value.isEmpty()) {
            parts << name + QLatin1Char('=') +
                         QString::fromLatin1(
                             QUrl::toPercentEncoding(value, QByteArrayLiteral("/,*:@ ")));
        }
    };
    for (const TextField& field : kTextFields) {
        add(QString::fromLatin1(field.name), QString::fromStdString(view.filter.*field.member));
    }
    add(kOutcome, outcomesOf(view.filter));
    add(kInTimeRange, view.isInTimeRange ? QStringLiteral("1") : QString());
    return parts.join(QLatin1Char('&'));
}

AuditView auditViewOf(const QString& text)
{
    AuditView view;
    const QUrlQuery query(text);
    const auto value = [&query](const QString& name) {
        return query.queryItemValue(name, QUrl::FullyDecoded);
    };
    for (const TextField& field : kTextFields) {
        view.filter.*field.member = value(QString::fromLatin1(field.name)).toStdString();
    }
    for (const QString& name : value(kOutcome).split(QLatin1Char(','))) {
        const auto outcome = audit::parseOutcome(name.toStdString());
        if (outcome && std::ranges::count(view.filter.outcomes, *outcome) == 0) {
            view.filter.outcomes.push_back(*outcome);
        }
    }
    view.isInTimeRange = value(kInTimeRange) == QLatin1String("1");
    return view;
}

QString auditViewCommand(const AuditView& view)
{
    QStringList words{QStringLiteral("audit"), QStringLiteral("list")};
    const auto add = [&words](const QString& name, const QString& value) {
        if (!value.isEmpty()) {
            words << QStringLiteral("--") + name << value;
        }
    };
    for (const TextField& field : kTextFields) {
        add(QString::fromLatin1(field.name), QString::fromStdString(view.filter.*field.member));
    }
    add(kOutcome, outcomesOf(view.filter));
    return ctlLine(words);
}

} // namespace pilothouse::ui
