// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/StateMessage.h"

#include "ui/components/Button.h"
#include "ui/components/TextLabel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace pilothouse::ui {

StateMessage::StateMessage(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_icon(new QLabel(this)),
      m_text(new TextLabel(theme, TypeRole::Body, {}, this)),
      m_hint(new TextLabel(theme, TypeRole::Label, {}, this)),
      m_action(new Button(theme, ButtonKind::Secondary, {}, {}, this)),
      m_copy(new Button(theme, ButtonKind::Quiet, tr("Copy details"), QStringLiteral("copy"), this))
{
    for (QLabel* label :
         {static_cast<QLabel*>(m_icon),
          static_cast<QLabel*>(m_text),
          static_cast<QLabel*>(m_hint)}) {
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(label != m_icon);
    }
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(m_action);
    buttons->addWidget(m_copy);
    buttons->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(
        theme.px(space::kL), theme.px(space::kS), theme.px(space::kL), theme.px(space::kS));
    layout->setSpacing(theme.px(space::kS));
    layout->addStretch();
    layout->addWidget(m_icon);
    layout->addWidget(m_text);
    layout->addWidget(m_hint);
    layout->addLayout(buttons);
    layout->addStretch();
    connect(m_action, &QPushButton::clicked, this, &StateMessage::actionTriggered);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(
            m_state.hint.isEmpty() ? m_state.message
                                   : QString(m_state.message + QLatin1Char('\n') + m_state.hint));
    });
    connect(&theme, &Theme::changed, this, &StateMessage::restyle);
}

void StateMessage::show(const DataState& state)
{
    m_state = state;
    m_text->setText(state.message);
    m_hint->setText(state.hint);
    m_hint->setVisible(!state.hint.isEmpty());
    m_action->setText(state.action);
    m_action->setVisible(!state.action.isEmpty());
    m_copy->setVisible(state.kind == DataState::Kind::Error);
    restyle();
}

void StateMessage::restyle()
{
    QString icon = QStringLiteral("circle-dashed");
    Color color = Color::TextSecondary;
    if (m_state.kind == DataState::Kind::Error) {
        const SeverityLook look = lookOf(Severity::Error);
        icon = look.icon;
        color = look.mark;
    } else if (m_state.kind == DataState::Kind::Forbidden) {
        icon = QStringLiteral("lock");
    } else if (m_state.kind == DataState::Kind::FilteredEmpty) {
        icon = QStringLiteral("filter");
    }
    m_icon->setPixmap(m_theme.pixmap(icon, color, 24, devicePixelRatioF()));
}

} // namespace pilothouse::ui
