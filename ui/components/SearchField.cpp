// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/SearchField.h"

#include <QAction>
#include <QKeyEvent>

namespace pilothouse::ui {

SearchField::SearchField(const Theme& theme, const QString& name, QWidget* parent)
    : QLineEdit(parent), m_icon(new QAction(this))
{
    setPlaceholderText(name);
    setAccessibleName(name);
    setClearButtonEnabled(false);
    addAction(m_icon, QLineEdit::LeadingPosition);
    const auto restyle = [this, &theme] {
        m_icon->setIcon(theme.icon(QStringLiteral("search"), Color::TextSecondary));
    };
    restyle();
    connect(&theme, &Theme::changed, this, restyle);
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPauseMs);
    connect(&m_pause, &QTimer::timeout, this, &SearchField::search);
    connect(this, &QLineEdit::textChanged, &m_pause, qOverload<>(&QTimer::start));
    // The leading icon's tool button is decoration.
    for (QWidget* child : findChildren<QWidget*>()) {
        child->setFocusPolicy(Qt::NoFocus);
        child->setAccessibleName(name);
        child->setCursor(Qt::IBeamCursor);
    }
}

void SearchField::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        if (text().isEmpty()) {
            event->ignore();
        } else {
            clear();
            search();
        }
        return;
    }
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        search();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void SearchField::search()
{
    m_pause.stop();
    if (text() != m_last) {
        m_last = text();
        Q_EMIT searched(m_last);
    }
}

} // namespace pilothouse::ui
