// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/DeepLink.h"

#include "shared/base/StatusHelpers.h"

#include <QDateTime>
#include <QRegularExpression>
#include <QUrl>
#include <QUrlQuery>

namespace pilothouse::ui {

namespace {

const auto kScheme = QStringLiteral("pilothouse");
/// Longer texts come from no page of ours.
constexpr int kLongest = 4096;

QString timeText(absl::Time time)
{
    return QDateTime::fromMSecsSinceEpoch(absl::ToUnixMillis(time), Qt::UTC)
        .toString(Qt::ISODateWithMs);
}

std::optional<absl::Time> parseTime(const QString& text)
{
    const QDateTime time = QDateTime::fromString(text, Qt::ISODateWithMs);
    if (!time.isValid()) {
        return std::nullopt;
    }
    return absl::FromUnixMillis(time.toMSecsSinceEpoch());
}

std::optional<TimeRange> parseRange(const QString& text)
{
    if (const auto length = parseLength(text)) {
        return TimeRange::lastOf(*length);
    }
    const qsizetype dots = text.indexOf(QLatin1String(".."));
    if (dots < 0) {
        return std::nullopt;
    }
    const auto from = parseTime(text.left(dots));
    const auto to = parseTime(text.mid(dots + 2));
    if (!from || !to || *from >= *to) {
        return std::nullopt;
    }
    return TimeRange::between(*from, *to);
}

} // namespace

std::optional<absl::Duration> parseLength(const QString& text)
{
    static const QRegularExpression form(QStringLiteral("^([0-9]{1,6})([smhd])$"));
    const auto match = form.match(text);
    if (!match.hasMatch()) {
        return std::nullopt;
    }
    const int number = match.captured(1).toInt();
    const QChar unit = match.captured(2).front();
    const absl::Duration length = unit == QLatin1Char('s')   ? absl::Seconds(number)
                                  : unit == QLatin1Char('m') ? absl::Minutes(number)
                                  : unit == QLatin1Char('h') ? absl::Hours(number)
                                                             : absl::Hours(24 * number);
    if (length < TimeWindow::kShortest || length > TimeWindow::kLongest) {
        return std::nullopt;
    }
    return length;
}

QString lengthText(absl::Duration length)
{
    const qint64 seconds = absl::ToInt64Seconds(length);
    if (seconds % 3600 == 0) {
        return QString::number(seconds / 3600) + QLatin1Char('h');
    }
    if (seconds % 60 == 0) {
        return QString::number(seconds / 60) + QLatin1Char('m');
    }
    return QString::number(seconds) + QLatin1Char('s');
}

QString toText(const DeepLink& link)
{
    // Every part is percent-encoded on its own, so that a name with a slash stays one part.
    const auto encoded = [](const QString& part) {
        return QString::fromLatin1(QUrl::toPercentEncoding(part));
    };
    QString text = kScheme + QStringLiteral("://") + encoded(link.environment) + QLatin1Char('/') +
                   encoded(link.page);
    if (!link.object.isEmpty()) {
        text += QLatin1Char('/') + encoded(link.object);
    }
    QStringList query;
    if (link.time) {
        query << QStringLiteral("t=") + (link.time->isLive()
                                             ? lengthText(link.time->live)
                                             : QString(
                                                   timeText(link.time->from) +
                                                   QStringLiteral("..") + timeText(link.time->to)));
    }
    if (!link.filter.isEmpty()) {
        query << QStringLiteral("f=") + encoded(link.filter);
    }
    if (!query.isEmpty()) {
        text += QLatin1Char('?') + query.join(QLatin1Char('&'));
    }
    return text;
}

absl::StatusOr<DeepLink> parseDeepLink(const QString& text)
{
    const QString prefix = kScheme + QStringLiteral("://");
    if (text.size() > kLongest || !text.startsWith(prefix)) {
        return withHint(
            absl::InvalidArgumentError("this is not a link of this console"),
            "Use a link that begins with pilothouse://.");
    }
    const QString rest = text.mid(prefix.size());
    const qsizetype question = rest.indexOf(QLatin1Char('?'));
    const QStringList parts = rest.left(question).split(QLatin1Char('/'));
    const auto decoded = [&](qsizetype index) {
        return index < parts.size() ? QUrl::fromPercentEncoding(parts[index].toUtf8()) : QString();
    };
    DeepLink link;
    link.environment = decoded(0);
    link.page = decoded(1);
    link.object = decoded(2);
    if (link.environment.isEmpty() || parts.size() > 3) {
        return absl::InvalidArgumentError("the link names no environment");
    }
    if (question >= 0) {
        const QUrlQuery query(rest.mid(question + 1));
        const QString time = query.queryItemValue(QStringLiteral("t"), QUrl::FullyDecoded);
        link.filter = query.queryItemValue(QStringLiteral("f"), QUrl::FullyDecoded);
        if (!time.isEmpty()) {
            link.time = parseRange(time);
            if (!link.time) {
                return absl::InvalidArgumentError("the link's time range cannot be read");
            }
        }
    }
    return link;
}

} // namespace pilothouse::ui
