// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/Toast.h"

#include "ui/components/Button.h"
#include "ui/components/TextLabel.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>

#include <utility>

namespace pilothouse::ui {

namespace {

constexpr int kWidth = 380;
constexpr int kIcon = 18;
/// The coloured edge at the left.
constexpr int kEdge = 4;

} // namespace

Toast::Toast(const Theme& theme, ToastMessage message, QWidget* parent)
    : QFrame(parent),
      m_theme(theme),
      m_message(std::move(message)),
      m_icon(new QLabel(this)),
      m_text(new TextLabel(theme, TypeRole::Body, m_message.text, this)),
      m_detail(new TextLabel(theme, TypeRole::Label, m_message.detail, this)),
      m_action(new Button(theme, ButtonKind::Secondary, m_message.actionText, {}, this)),
      m_close(Button::iconOnly(theme, tr("Close this message"), QStringLiteral("x"), this))
{
    setFrameShape(QFrame::NoFrame);
    m_text->setWordWrap(true);
    m_detail->setWordWrap(true);
    m_detail->setVisible(!m_message.detail.isEmpty());
    m_action->setVisible(!m_message.actionText.isEmpty());
    m_action->setAccessibleDescription(m_message.text);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(m_text);
    words->addWidget(m_detail);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::kM + kEdge, space::kS, space::kS, space::kS);
    layout->setSpacing(space::kS);
    layout->addWidget(m_icon);
    layout->addLayout(words, 1);
    layout->addWidget(m_action);
    layout->addWidget(m_close);
    connect(m_action, &QAbstractButton::clicked, this, &Toast::act);
    connect(m_close, &QAbstractButton::clicked, this, &Toast::ended);
    connect(&m_theme, &Theme::changed, this, &Toast::restyle);
    m_end.setSingleShot(true);
    connect(&m_end, &QTimer::timeout, this, &Toast::ended);
    connect(qApp, &QApplication::focusChanged, this, &Toast::runTimer);
    restyle();
    runTimer();
}

void Toast::repeat()
{
    ++m_count;
    refreshText();
    m_end.stop();
    runTimer();
}

QString Toast::spoken() const
{
    QString text = lookOf(m_message.severity).word + QStringLiteral(": ") + m_message.text;
    if (!m_message.detail.isEmpty()) {
        text += QStringLiteral(". ") + m_message.detail;
    }
    return text;
}

QWidget* Toast::firstControl() const
{
    return m_message.actionText.isEmpty() ? m_close : m_action;
}

void Toast::act()
{
    // Once: a second press while it leaves must not undo twice.
    if (const auto action = std::exchange(m_message.action, nullptr)) {
        action();
    }
    Q_EMIT ended();
}

void Toast::refreshText()
{
    m_text->setText(
        m_count > 1 ? tr("%1 (%2 times)").arg(m_message.text).arg(m_count) : m_message.text);
    setAccessibleName(m_text->text());
}

void Toast::runTimer()
{
    const QWidget* focus = QApplication::focusWidget();
    const bool isHeld = underMouse() || (focus != nullptr && isAncestorOf(focus));
    if (isLasting() || isHeld) {
        m_end.stop();
    } else if (!m_end.isActive()) {
        m_end.start(m_message.milliseconds);
    }
}

void Toast::restyle()
{
    const SeverityLook look = lookOf(m_message.severity);
    m_icon->setPixmap(m_theme.pixmap(look.icon, look.mark, kIcon, devicePixelRatioF()));
    setFixedWidth(m_theme.px(kWidth));
    refreshText();
    update();
}

void Toast::enterEvent(QEnterEvent* event)
{
    m_end.stop();
    QFrame::enterEvent(event);
}

void Toast::leaveEvent(QEvent* event)
{
    QFrame::leaveEvent(event);
    runTimer();
}

void Toast::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT ended();
    } else {
        QFrame::keyPressEvent(event);
    }
}

void Toast::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    QPainterPath shape;
    shape.addRoundedRect(frame, space::kRadiusCard, space::kRadiusCard);
    painter.fillPath(shape, m_theme.color(Color::Raised));
    painter.save();
    painter.setClipPath(shape);
    painter.fillRect(QRectF(0, 0, kEdge, height()), m_theme.color(lookOf(m_message.severity).mark));
    painter.restore();
    painter.setPen(m_theme.color(Color::BorderStrong));
    painter.drawPath(shape);
}

} // namespace pilothouse::ui
