// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/JobStrip.h"

#include "ui/components/Button.h"
#include "ui/components/Format.h"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr int kJobStripHeight = 26;
constexpr int kWidest = 520;
constexpr int kNarrowest = 200;
constexpr int kBarWidth = 80;
constexpr int kBarHeight = 6;

} // namespace

/// The part of the strip that is painted and clicked.
class JobStrip::Line : public QAbstractButton
{
public:
    Line(const Theme& theme, const JobStripView& view, QWidget* parent);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString percent() const;

    const Theme& m_theme;
    const JobStripView& m_view;
};

JobStrip::Line::Line(const Theme& theme, const JobStripView& view, QWidget* parent)
    : QAbstractButton(parent), m_theme(theme), m_view(view)
{
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

QString JobStrip::Line::percent() const
{
    return m_view.fraction < 0
               ? QString()
               : formatValue(std::floor(m_view.fraction * 100) / 100, Unit::Ratio).text();
}

QSize JobStrip::Line::sizeHint() const
{
    const QFontMetrics metrics(m_theme.font(TypeRole::Label));
    int width = metrics.horizontalAdvance(m_view.title) + metrics.horizontalAdvance(m_view.facts) +
                metrics.horizontalAdvance(percent()) + m_theme.px(4 * space::kM);
    width += m_view.fraction >= 0 ? m_theme.px(kBarWidth + space::kS) : 0;
    return {std::min(width, m_theme.px(kWidest)), m_theme.px(kJobStripHeight)};
}

QSize JobStrip::Line::minimumSizeHint() const
{
    return {std::min(sizeHint().width(), m_theme.px(kNarrowest)), m_theme.px(kJobStripHeight)};
}

void JobStrip::Line::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int gap = m_theme.px(space::kS);
    if (underMouse() || hasFocus()) {
        painter.setPen(hasFocus() ? QPen(m_theme.color(Color::Focus), 2) : QPen(Qt::NoPen));
        painter.setBrush(underMouse() ? m_theme.color(Color::Hover) : QColor(Qt::transparent));
        painter.drawRoundedRect(
            QRectF(rect()).adjusted(1, 1, -1, -1), space::kRadiusChip, space::kRadiusChip);
    }
    painter.setFont(m_theme.font(TypeRole::Label));
    const QFontMetrics metrics = painter.fontMetrics();
    const QString done = percent();
    int rest = width() - 2 * gap;
    rest -= m_view.facts.isEmpty() ? 0 : metrics.horizontalAdvance(m_view.facts) + gap;
    rest -= done.isEmpty() ? 0 : metrics.horizontalAdvance(done) + m_theme.px(kBarWidth) + 2 * gap;
    const QString title = metrics.elidedText(m_view.title, Qt::ElideRight, std::max(rest, 0));
    int left = gap;
    const auto write = [&](const QString& text, Color color) {
        painter.setPen(m_theme.color(color));
        painter.drawText(
            QRect(left, 0, width() - left, height()), Qt::AlignLeft | Qt::AlignVCenter, text);
        left += metrics.horizontalAdvance(text) + gap;
    };
    write(title, Color::TextPrimary);
    if (!done.isEmpty()) {
        write(done, Color::TextPrimary);
        const QRectF bar(
            left,
            (height() - m_theme.px(kBarHeight)) / 2.0,
            m_theme.px(kBarWidth),
            m_theme.px(kBarHeight));
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(Color::BorderSubtle));
        painter.drawRoundedRect(bar, 3, 3);
        QRectF filled = bar;
        filled.setWidth(bar.width() * std::clamp(m_view.fraction, 0.0, 1.0));
        painter.setBrush(m_theme.color(Color::Info));
        painter.drawRoundedRect(filled, 3, 3);
        left += m_theme.px(kBarWidth) + gap;
    }
    write(m_view.facts, Color::TextSecondary);
}

JobStrip::JobStrip(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      m_line(new Line(theme, m_view, this)),
      m_cancel(Button::iconOnly(theme, tr("Cancel this job…"), QStringLiteral("x"), this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_line);
    layout->addWidget(m_cancel);
    m_cancel->setFixedHeight(theme.px(kJobStripHeight));
    connect(m_line, &QAbstractButton::clicked, this, &JobStrip::openRequested);
    connect(m_cancel, &QAbstractButton::clicked, this, &JobStrip::cancelRequested);
    connect(&theme, &Theme::changed, m_line, [line = m_line] {
        line->updateGeometry();
        line->update();
    });
}

void JobStrip::setView(const JobStripView& view)
{
    if (view == m_view) {
        return;
    }
    m_view = view;
    QStringList spoken{m_view.title};
    if (m_view.fraction >= 0) {
        spoken << formatValue(std::floor(m_view.fraction * 100) / 100, Unit::Ratio).text();
    }
    if (!m_view.facts.isEmpty()) {
        spoken << m_view.facts;
    }
    m_line->setAccessibleName(spoken.join(QStringLiteral(", ")));
    m_line->setToolTip(spoken.join(QStringLiteral(" · ")));
    m_cancel->setEnabled(m_view.canCancel);
    m_cancel->setToolTip(
        m_view.canCancel ? tr("Cancel this job…")
                         : tr("Cancel this job: %1").arg(m_view.cancelReason));
    m_line->updateGeometry();
    m_line->update();
}

} // namespace pilothouse::ui
