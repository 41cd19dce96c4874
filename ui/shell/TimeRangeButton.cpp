// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/TimeRangeButton.h"

#include <QActionGroup>
#include <QDateTime>
#include <QGuiApplication>
#include <QMenu>

namespace pilothouse::ui {

namespace {

QDateTime dateTime(absl::Time time, TimeDisplay display)
{
    return QDateTime::fromMSecsSinceEpoch(
        absl::ToUnixMillis(time), display == TimeDisplay::Utc ? Qt::UTC : Qt::LocalTime);
}

} // namespace

TimeRangeButton::TimeRangeButton(
    const Theme& theme, TimeWindow& time, Settings& settings, QWidget* parent)
    : QPushButton(parent),
      m_theme(theme),
      m_time(time),
      m_settings(settings),
      m_menu(new QMenu(this))
{
    // The button is mirrored to have its arrow at the end; the menu is not.
    m_menu->setLayoutDirection(QGuiApplication::layoutDirection());
    auto* group = new QActionGroup(m_menu);
    for (const absl::Duration length : liveLengths()) {
        QAction* action = m_menu->addAction(tr("Last %1").arg(lengthName(length)));
        action->setCheckable(true);
        action->setData(static_cast<qint64>(absl::ToInt64Seconds(length)));
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, length] {
            m_time.setRange(TimeRange::lastOf(length));
        });
    }
    m_menu->addSeparator();
    QAction* absolute = m_menu->addAction(tr("From … to …"));
    connect(absolute, &QAction::triggered, this, &TimeRangeButton::absoluteRequested);
    connect(this, &QAbstractButton::clicked, this, &TimeRangeButton::choose);
    connect(&m_time, &TimeWindow::changed, this, &TimeRangeButton::refresh);
    connect(&m_settings, &Settings::changed, this, &TimeRangeButton::refresh);
    connect(&m_theme, &Theme::changed, this, &TimeRangeButton::refresh);
    refresh();
}

const std::vector<absl::Duration>& TimeRangeButton::liveLengths()
{
    static const std::vector<absl::Duration> lengths{
        absl::Minutes(5),
        absl::Minutes(15),
        absl::Minutes(30),
        absl::Hours(1),
        absl::Hours(3),
        absl::Hours(6),
        absl::Hours(12),
        absl::Hours(24)};
    return lengths;
}

QString TimeRangeButton::lengthName(absl::Duration length)
{
    const qint64 seconds = absl::ToInt64Seconds(length);
    if (seconds % 3600 == 0) {
        return tr("%1 h").arg(seconds / 3600);
    }
    return seconds % 60 == 0 ? tr("%1 min").arg(seconds / 60) : tr("%1 s").arg(seconds);
}

QString TimeRangeButton::describe(const TimeWindow& time, TimeDisplay display)
{
    if (time.range().isLive()) {
        return tr("Last %1").arg(lengthName(time.range().live));
    }
    const QDateTime from = dateTime(time.from(), display);
    const QDateTime to = dateTime(time.to(), display);
    const bool isShort = time.length() < absl::Minutes(10);
    const QString clock = isShort ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm");
    const QString full = QStringLiteral("yyyy-MM-dd ") + clock;
    return from.toString(full) + QStringLiteral(" – ") +
           to.toString(from.date() == to.date() ? clock : full);
}

void TimeRangeButton::choose()
{
    m_menu->popup(mapToGlobal(QPoint(0, height() + 2)));
}

void TimeRangeButton::refresh()
{
    const QString text = describe(m_time, m_settings.timeDisplay());
    setText(text);
    setIcon(m_theme.icon(QStringLiteral("chevron-down"), Color::TextSecondary));
    setLayoutDirection(Qt::RightToLeft);
    setAccessibleName(tr("Time range: %1").arg(text));
    for (QAction* action : m_menu->actions()) {
        if (action->isCheckable()) {
            action->setChecked(
                m_time.range().isLive() &&
                action->data().toLongLong() == absl::ToInt64Seconds(m_time.range().live));
        }
    }
}

} // namespace pilothouse::ui
