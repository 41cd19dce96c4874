// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/ToastStack.h"

#include "ui/shell/Toast.h"

#include <QAccessible>
#include <QApplication>
#include <QEvent>

#include <algorithm>

namespace pilothouse::ui {

ToastStack::ToastStack(const Theme& theme, QWidget& content)
    : QWidget(&content), m_theme(theme), m_content(content)
{
    setObjectName(QStringLiteral("toasts"));
    m_quiet.setSingleShot(true);
    m_quiet.setInterval(kAnnounceEveryMs);
    connect(&m_quiet, &QTimer::timeout, this, &ToastStack::speak);
    // After the toasts have taken their new sizes.
    connect(&m_theme, &Theme::changed, this, &ToastStack::place, Qt::QueuedConnection);
    content.installEventFilter(this);
    hide();
}

void ToastStack::post(const ToastMessage& message)
{
    const auto same = std::find_if(m_toasts.begin(), m_toasts.end(), [&](const Toast* toast) {
        const ToastMessage& shown = toast->message();
        return shown.severity == message.severity && shown.text == message.text &&
               shown.detail == message.detail && !shown.action && !message.action;
    });
    if (same != m_toasts.end()) {
        (*same)->repeat();
        place();
        return;
    }
    makeRoom();
    auto* toast = new Toast(m_theme, message, this);
    connect(toast, &Toast::ended, this, [this, toast] { remove(toast); });
    m_toasts.push_back(toast);
    toast->show();
    show();
    place();
    announce(toast->spoken());
    Q_EMIT changed();
}

void ToastStack::makeRoom()
{
    while (m_toasts.size() >= kMost) {
        const auto oldest = std::find_if(m_toasts.begin(), m_toasts.end(), [](const Toast* toast) {
            return !toast->isLasting();
        });
        remove(oldest != m_toasts.end() ? *oldest : m_toasts.front());
    }
}

void ToastStack::clear()
{
    while (!m_toasts.empty()) {
        remove(m_toasts.front());
    }
}

void ToastStack::remove(Toast* toast)
{
    if (std::erase(m_toasts, toast) == 0) {
        return;
    }
    const QWidget* focus = QApplication::focusWidget();
    const bool hadFocus = focus != nullptr && toast->isAncestorOf(focus);
    toast->hide();
    toast->deleteLater();
    if (hadFocus && m_focusBefore && m_focusBefore->isVisible()) {
        m_focusBefore->setFocus(Qt::OtherFocusReason);
    }
    place();
    setVisible(!m_toasts.empty());
    Q_EMIT changed();
}

void ToastStack::focusNewest()
{
    if (m_toasts.empty()) {
        return;
    }
    QWidget* focus = QApplication::focusWidget();
    if (focus == nullptr || !isAncestorOf(focus)) {
        m_focusBefore = focus;
    }
    m_toasts.back()->firstControl()->setFocus(Qt::ShortcutFocusReason);
}

void ToastStack::place()
{
    int width = 0;
    int height = 0;
    for (Toast* toast : m_toasts) {
        const int wanted =
            std::max(toast->heightForWidth(toast->width()), toast->minimumSizeHint().height());
        toast->resize(toast->width(), wanted);
        toast->move(0, height);
        height += wanted + space::kS;
        width = std::max(width, toast->width());
    }
    height = std::max(0, height - space::kS);
    const int margin = space::kL;
    setGeometry(
        m_content.width() - width - margin, m_content.height() - height - margin, width, height);
    raise();
}

void ToastStack::announce(const QString& text)
{
    m_unspoken << text;
    if (!m_quiet.isActive()) {
        speak();
    }
}

void ToastStack::speak()
{
    if (m_unspoken.isEmpty()) {
        return;
    }
    setAccessibleName(m_unspoken.join(QStringLiteral(". ")));
    m_unspoken.clear();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
    m_quiet.start();
}

bool ToastStack::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == &m_content && event->type() == QEvent::Resize) {
        place();
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace pilothouse::ui
