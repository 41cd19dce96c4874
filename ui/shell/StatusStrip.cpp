// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/StatusStrip.h"

#include "ui/components/Format.h"
#include "ui/components/TextLabel.h"
#include "ui/shell/ConnectionText.h"
#include "ui/shell/FocusChain.h"
#include "ui/theme/ThemeStyle.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

namespace pilothouse::ui {

namespace {

constexpr int kHeight = 28;

} // namespace

StatusStrip::StatusStrip(
    const Theme& theme, Settings& settings, const Clock& clock, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_settings(settings),
      m_clock(clock),
      m_notice(new TextLabel(theme, TypeRole::Label, Color::TextPrimary, QString(), this)),
      m_live(new TextLabel(theme, TypeRole::Label, Color::TextSecondary, QString(), this)),
      m_time(new QPushButton(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::kL, 0, space::kXs, 0);
    layout->setSpacing(space::kL);
    layout->addWidget(m_notice, 1);
    layout->addWidget(m_live);
    layout->addWidget(m_time);
    m_notice->setElided(true);
    setButtonKind(*m_time, ButtonKind::Quiet);
    m_time->setFont(m_theme.font(TypeRole::Label));
    m_noticeEnd.setSingleShot(true);
    connect(&m_noticeEnd, &QTimer::timeout, this, [this] { m_notice->clear(); });
    connect(m_time, &QAbstractButton::clicked, this, [this] {
        m_settings.setTimeDisplay(
            m_settings.timeDisplay() == TimeDisplay::Utc ? TimeDisplay::Local : TimeDisplay::Utc);
    });
    connect(&m_settings, &Settings::changed, this, &StatusStrip::refreshClock);
    connect(&m_theme, &Theme::changed, this, [this] {
        setFixedHeight(m_theme.px(kHeight));
        m_time->setFont(m_theme.font(TypeRole::Label));
    });
    setFixedHeight(m_theme.px(kHeight));
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, &StatusStrip::refreshClock);
    m_tick.start();
    refreshClock();
}

void StatusStrip::setNotice(const QString& text, int seconds)
{
    m_notice->setText(text);
    m_notice->setAccessibleName(text);
    seconds > 0 ? m_noticeEnd.start(seconds * 1000) : m_noticeEnd.stop();
    if (!text.isEmpty()) {
        QAccessibleEvent alert(m_notice, QAccessible::Alert);
        QAccessible::updateAccessibility(&alert);
    }
}

QString StatusStrip::notice() const
{
    return m_notice->text();
}

void StatusStrip::setLiveData(int series, double perSecond, qulonglong dropped)
{
    if (series < 0) {
        m_live->clear();
        return;
    }
    m_live->setText(tr("%1 series · %2 Hz · %3 dropped")
                        .arg(
                            formatCount(series),
                            QString::number(perSecond, 'g', 3),
                            formatCount(static_cast<qint64>(dropped))));
}

void StatusStrip::setActivity(QWidget* activity)
{
    delete m_activity.data();
    m_activity = activity;
    if (activity != nullptr) {
        static_cast<QHBoxLayout*>(layout())->insertWidget(0, activity);
    }
}

void StatusStrip::focusFirst()
{
    QWidget* first = m_activity ? firstFocusable(*m_activity) : nullptr;
    first = first != nullptr ? first : m_time;
    first->setFocus(Qt::ShortcutFocusReason);
}

void StatusStrip::refreshClock()
{
    const bool isUtc = m_settings.timeDisplay() == TimeDisplay::Utc;
    const QString clock = clockText(m_clock.now(), m_settings.timeDisplay());
    m_time->setText(clock + QLatin1Char(' ') + (isUtc ? tr("UTC") : tr("local")));
    m_time->setAccessibleName(isUtc ? tr("Clock in UTC") : tr("Clock in local time"));
    m_time->setToolTip(isUtc ? tr("Show local time everywhere") : tr("Show UTC everywhere"));
}

void StatusStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(Color::Sunken));
}

} // namespace pilothouse::ui
