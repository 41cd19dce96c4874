// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/JobStages.h"

#include <QCoreApplication>
#include <QPainter>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kLine = 24;
constexpr int kIcon = 14;

struct StageLook
{
    QString icon;
    Color mark;
    QString word;
};

StageLook lookOf(JobStage::State state)
{
    const auto word = [](const char* text) {
        return QCoreApplication::translate("JobStages", text);
    };
    switch (state) {
    case JobStage::State::Waiting:
        break;
    case JobStage::State::Running:
        return {QStringLiteral("loader-circle"), Color::Info, word("running")};
    case JobStage::State::Done:
        return {QStringLiteral("circle-check"), Color::Ok, word("done")};
    case JobStage::State::Failed:
        return {QStringLiteral("square-x"), Color::Error, word("failed")};
    case JobStage::State::Skipped:
        return {QStringLiteral("minus"), Color::Unknown, word("skipped")};
    }
    return {QStringLiteral("circle-dashed"), Color::Unknown, word("waiting")};
}

} // namespace

JobStages::JobStages(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void JobStages::setStages(std::vector<JobStage> stages)
{
    if (stages == m_stages) {
        return;
    }
    m_stages = std::move(stages);
    setVisible(!m_stages.empty());
    setAccessibleName(tr("Stages: %1").arg(spoken()));
    updateGeometry();
    update();
}

std::pair<std::size_t, std::size_t> JobStages::shownRange() const
{
    if (m_stages.size() <= kMost) {
        return {0, m_stages.size()};
    }
    const auto matters = std::ranges::find_if(m_stages, [](const JobStage& stage) {
        return stage.state == JobStage::State::Running || stage.state == JobStage::State::Failed;
    });
    const auto at = static_cast<std::size_t>(matters - m_stages.begin());
    constexpr std::size_t kBefore = 3;
    const std::size_t first = std::min(at > kBefore ? at - kBefore : 0, m_stages.size() - kMost);
    return {first, first + kMost};
}

int JobStages::lines() const
{
    const auto [first, end] = shownRange();
    return static_cast<int>(end - first) + (end - first < m_stages.size() ? 1 : 0);
}

QString JobStages::spoken() const
{
    QStringList parts;
    const auto [first, end] = shownRange();
    for (std::size_t at = first; at < end; ++at) {
        const JobStage& stage = m_stages[at];
        parts << QStringLiteral("%1 %2 %3")
                     .arg(stage.title, lookOf(stage.state).word, stage.detail)
                     .trimmed();
    }
    return parts.join(QStringLiteral(", "));
}

QSize JobStages::sizeHint() const
{
    return {m_theme.px(280), lines() * m_theme.px(kLine)};
}

QSize JobStages::minimumSizeHint() const
{
    return {m_theme.px(120), sizeHint().height()};
}

void JobStages::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(m_theme.font(TypeRole::Body));
    const QFontMetrics metrics = painter.fontMetrics();
    const int line = m_theme.px(kLine);
    const int icon = m_theme.px(kIcon);
    const int text = icon + m_theme.px(space::kS);
    const auto [first, end] = shownRange();
    int y = 0;
    for (std::size_t at = first; at < end; ++at, y += line) {
        const JobStage& stage = m_stages[at];
        const StageLook look = lookOf(stage.state);
        painter.drawPixmap(
            0,
            y + (line - icon) / 2,
            m_theme.pixmap(look.icon, look.mark, kIcon, devicePixelRatioF()));
        const QString detail = stage.detail.isEmpty()
                                   ? look.word
                                   : QStringLiteral("%1 · %2").arg(look.word, stage.detail);
        const int detailWidth = std::min(metrics.horizontalAdvance(detail) + 2, width() / 2);
        painter.setPen(m_theme.color(Color::TextPrimary));
        const QRect titleRect(text, y, width() - text - detailWidth - space::kM, line);
        painter.drawText(
            titleRect,
            Qt::AlignVCenter | Qt::AlignLeft,
            metrics.elidedText(stage.title, Qt::ElideRight, titleRect.width()));
        painter.setPen(m_theme.color(Color::TextSecondary));
        painter.drawText(
            QRect(width() - detailWidth, y, detailWidth, line),
            Qt::AlignVCenter | Qt::AlignRight,
            metrics.elidedText(detail, Qt::ElideRight, detailWidth));
    }
    if (end - first < m_stages.size()) {
        painter.setPen(m_theme.color(Color::TextSecondary));
        painter.drawText(
            QRect(text, y, width() - text, line),
            Qt::AlignVCenter | Qt::AlignLeft,
            tr("and %1 more stages").arg(m_stages.size() - (end - first)));
    }
}

} // namespace pilothouse::ui
