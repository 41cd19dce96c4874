// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/PageHeader.h"

#include "ui/components/Button.h"
#include "ui/components/Format.h"
#include "ui/components/TextLabel.h"
#include "ui/shell/CommandIds.h"
#include "ui/shell/ConnectionText.h"
#include "ui/shell/SearchButton.h"
#include "ui/shell/TimeRangeButton.h"

#include <QHBoxLayout>
#include <QPushButton>

namespace pilothouse::ui {

namespace {

constexpr int kHeight = 56;
constexpr int kTickMs = 1000;

} // namespace

PageHeader::PageHeader(
    const Theme& theme,
    TimeWindow& time,
    Settings& settings,
    const Clock& clock,
    CommandRegistry& commands,
    QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_time(time),
      m_settings(settings),
      m_clock(clock),
      m_title(new TextLabel(theme, TypeRole::H1, QString(), this)),
      m_subtitle(new TextLabel(theme, TypeRole::Label, Color::TextSecondary, QString(), this)),
      m_changes(new Button(theme, ButtonKind::Quiet, {}, {}, this)),
      m_search(new SearchButton(theme, commands, this)),
      m_range(new TimeRangeButton(theme, time, settings, this)),
      m_live(new QPushButton(this))
{
    m_subtitle->setElided(true);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::kXl, 0, space::kXl, 0);
    layout->setSpacing(space::kS);
    layout->addWidget(m_title);
    layout->addSpacing(space::kS);
    layout->addWidget(m_subtitle, 1);
    layout->addWidget(m_changes);
    layout->addWidget(m_search);
    layout->addWidget(m_range);
    layout->addWidget(m_live);
    setFixedHeight(m_theme.px(kHeight));
    m_changes->hide();
    commands.bind(*m_changes, command::kChanges, CommandRegistry::ButtonText::IconOnly);
    connect(
        m_live, &QAbstractButton::clicked, this, [&commands] { commands.run(command::kPause); });
    connect(
        m_range, &TimeRangeButton::absoluteRequested, this, &PageHeader::absoluteRangeRequested);
    connect(&m_time, &TimeWindow::changed, this, &PageHeader::refreshLive);
    connect(&m_theme, &Theme::changed, this, [this] {
        setFixedHeight(m_theme.px(kHeight));
        refreshLive();
    });
    m_tick.setInterval(kTickMs);
    connect(&m_tick, &QTimer::timeout, this, &PageHeader::refreshLive);
    refreshLive();
}

void PageHeader::setTitle(const QString& title)
{
    m_title->setText(title);
}

void PageHeader::setSubtitle(const QString& subtitle)
{
    m_subtitle->setText(subtitle);
}

void PageHeader::setChangesShown(bool shown)
{
    m_changes->setVisible(shown);
}

void PageHeader::setTimeRangeShown(bool shown)
{
    m_range->setVisible(shown);
    m_live->setVisible(shown);
}

void PageHeader::chooseTimeRange()
{
    m_range->choose();
}

void PageHeader::focusFirst()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
}

void PageHeader::refreshLive()
{
    const bool isFollowing = m_time.isFollowing();
    if (isFollowing) {
        m_live->setText(tr("Live"));
    } else if (m_time.isPaused() && m_time.range().isLive()) {
        m_live->setText(tr("Paused at %1 · %2 behind")
                            .arg(
                                clockText(m_time.pausedAt(), m_settings.timeDisplay()),
                                formatDuration(absl::ToDoubleSeconds(absl::Trunc(
                                    m_clock.now() - m_time.pausedAt(), absl::Seconds(1))))));
    } else {
        m_live->setText(tr("Back to live"));
    }
    m_live->setIcon(m_theme.icon(
        isFollowing ? QStringLiteral("pause") : QStringLiteral("play"), Color::TextPrimary));
    m_live->setAccessibleName(isFollowing ? tr("Live, press to pause") : m_live->text());
    m_live->setToolTip(isFollowing ? tr("Pause  Space") : tr("Follow live data  Space"));
    const bool counts = m_time.isPaused();
    if (counts != m_tick.isActive()) {
        counts ? m_tick.start() : m_tick.stop();
    }
}

} // namespace pilothouse::ui
