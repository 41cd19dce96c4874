// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/JobProgress.h"

#include "ui/components/Button.h"
#include "ui/components/Format.h"
#include "ui/components/JobStages.h"
#include "ui/components/StatusChip.h"
#include "ui/components/TextLabel.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QProgressBar>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr int kSteps = 1000;

struct PhaseLook
{
    Severity severity;
    QString word;
};

PhaseLook lookOf(JobView::Phase phase)
{
    switch (phase) {
    case JobView::Phase::Queued:
        break;
    case JobView::Phase::Running:
        return {Severity::Info, JobProgress::tr("Running")};
    case JobView::Phase::Paused:
        return {Severity::Warning, JobProgress::tr("Paused")};
    case JobView::Phase::Cancelling:
        return {Severity::Warning, JobProgress::tr("Cancelling")};
    case JobView::Phase::Succeeded:
        return {Severity::Ok, JobProgress::tr("Succeeded")};
    case JobView::Phase::Failed:
        return {Severity::Error, JobProgress::tr("Failed")};
    case JobView::Phase::Cancelled:
        return {Severity::Unknown, JobProgress::tr("Cancelled")};
    }
    return {Severity::Unknown, JobProgress::tr("Queued")};
}

} // namespace

JobProgress::JobProgress(const Theme& theme, const Clock& clock, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_clock(clock),
      m_title(new TextLabel(theme, TypeRole::H3, {}, this)),
      m_phase(new StatusChip(theme, Severity::Unknown, this)),
      m_bar(new QProgressBar(this)),
      m_facts(new TextLabel(theme, TypeRole::Label, {}, this)),
      m_message(new TextLabel(theme, TypeRole::Body, {}, this)),
      m_stages(new JobStages(theme, this)),
      m_log(new TextLabel(theme, TypeRole::Mono, Color::TextSecondary, {}, this)),
      m_cancelNote(new TextLabel(theme, TypeRole::Label, {}, this)),
      m_cancel(new Button(theme, ButtonKind::Secondary, tr("Cancel"), QStringLiteral("x"), this))
{
    build();
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, &JobProgress::refreshFacts);
    connect(m_cancel, &QAbstractButton::clicked, this, &JobProgress::cancelRequested);
    refresh();
}

void JobProgress::build()
{
    m_title->setElided(true);
    m_facts->setWordWrap(true);
    m_message->setWordWrap(true);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_message->setFocusPolicy(Qt::NoFocus);
    m_cancelNote->setWordWrap(true);
    m_bar->setRange(0, kSteps);
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(10);
    m_bar->setFocusPolicy(Qt::NoFocus);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::kS);
    head->addWidget(m_title, 1);
    head->addWidget(m_phase);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(space::kM);
    foot->addWidget(m_cancelNote, 1);
    foot->addWidget(m_cancel);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::kS);
    layout->addLayout(head);
    layout->addWidget(m_bar);
    layout->addWidget(m_facts);
    layout->addWidget(m_message);
    layout->addWidget(m_stages);
    layout->addWidget(m_log);
    layout->addLayout(foot);
    layout->addStretch(1);
}

bool JobProgress::isOver() const
{
    return m_job.phase == JobView::Phase::Succeeded || m_job.phase == JobView::Phase::Failed ||
           m_job.phase == JobView::Phase::Cancelled;
}

void JobProgress::setJob(const JobView& job)
{
    const bool isAnother = job.id != m_job.id;
    const bool wasOver = isOver();
    if (isAnother || job.phase != JobView::Phase::Running) {
        m_estimate.clear();
    }
    m_job = job;
    if (m_job.phase == JobView::Phase::Running) {
        m_estimate.add(m_clock.now(), m_job.done);
    }
    refresh();
    if (isAnother) {
        setAccessibleDescription(QString());
    } else if (!wasOver && isOver()) {
        announceEnd();
    }
}

void JobProgress::refresh()
{
    const PhaseLook look = lookOf(m_job.phase);
    m_title->setText(m_job.title);
    setAccessibleName(m_job.title);
    m_phase->setStatus(look.severity, look.word);
    m_stages->setStages(m_job.stages);
    m_message->setText(m_job.message);
    m_message->setVisible(!m_job.message.isEmpty());
    m_message->setColor(
        m_job.phase == JobView::Phase::Failed ? Color::ErrorText : Color::TextPrimary);
    // The newest lines are the interesting ones.
    const QStringList tail =
        m_job.logTail.mid(std::max<qsizetype>(0, m_job.logTail.size() - kLogLines));
    m_log->setText(tail.join(QLatin1Char('\n')));
    m_log->setVisible(!tail.isEmpty());
    m_cancel->setVisible(!isOver());
    m_cancel->setEnabled(m_job.canCancel);
    m_cancel->setAccessibleName(tr("Cancel %1").arg(m_job.title));
    m_cancel->setAccessibleDescription(m_job.cancelNote);
    m_cancelNote->setText(m_job.cancelNote);
    m_cancelNote->setVisible(!isOver() && !m_job.cancelNote.isEmpty());
    isOver() ? m_tick.stop() : m_tick.start();
    refreshFacts();
}

void JobProgress::refreshFacts()
{
    const bool isKnown = m_job.total && *m_job.total > 0;
    const double part = isKnown    ? std::clamp(m_job.done / *m_job.total, 0.0, 1.0)
                        : isOver() ? 1.0
                                   : 0.0;
    m_bar->setVisible(isKnown);
    m_bar->setValue(static_cast<int>(std::floor(part * kSteps)));
    m_facts->setText(factsText());
    m_bar->setAccessibleName(tr("Progress of %1").arg(m_job.title));
    m_bar->setAccessibleDescription(m_facts->text());
}

QString JobProgress::factsText() const
{
    QStringList parts;
    const bool isKnown = m_job.total && *m_job.total > 0;
    if (isKnown) {
        // Rounded down: 100 % is said when it is true.
        const double part = std::clamp(m_job.done / *m_job.total, 0.0, 1.0);
        parts << tr("%1 %").arg(static_cast<int>(std::floor(part * 100)));
    } else if (!isOver()) {
        parts << tr("how far is not known");
    }
    if (!m_job.unit.isEmpty()) {
        const QString done = formatCount(static_cast<qint64>(m_job.done));
        parts
            << (isKnown ? tr("%1 of %2 %3")
                              .arg(done, formatCount(static_cast<qint64>(*m_job.total)), m_job.unit)
                        : tr("%1 %2").arg(done, m_job.unit));
        if (const auto rate = m_estimate.rate()) {
            parts << formatValue(*rate, Unit::PerSecond).text();
        }
    }
    if (isKnown) {
        if (const auto left = m_estimate.remaining(*m_job.total)) {
            parts << tr("about %1 left").arg(formatDuration(absl::ToDoubleSeconds(*left)));
        }
    }
    if (m_job.started) {
        const absl::Time until = m_job.ended.value_or(m_clock.now());
        const double seconds = std::max(0.0, absl::ToDoubleSeconds(until - *m_job.started));
        const QString length = formatDuration(seconds);
        parts << (isOver() ? tr("took %1").arg(length) : tr("%1 so far").arg(length));
    }
    return parts.join(QStringLiteral(" · "));
}

void JobProgress::announceEnd()
{
    setAccessibleDescription(
        tr("%1: %2. %3").arg(m_job.title, lookOf(m_job.phase).word, m_job.message));
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

} // namespace pilothouse::ui
