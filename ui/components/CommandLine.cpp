// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/CommandLine.h"

#include "ui/components/Button.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>

namespace pilothouse::ui {

CommandLine::CommandLine(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_text(new QLineEdit(this))
{
    m_text->setReadOnly(true);
    m_text->setFont(theme.font(TypeRole::Mono));
    m_text->setAccessibleName(tr("The same on the command line"));
    auto* copy =
        Button::iconOnly(theme, tr("Copy the command"), QStringLiteral("clipboard-copy"), this);
    connect(copy, &QAbstractButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_text->text());
    });
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.px(space::kS));
    row->addWidget(m_text, 1);
    row->addWidget(copy);
}

void CommandLine::setCommand(const QString& command)
{
    if (command != m_text->text()) {
        m_text->setText(command);
        m_text->setCursorPosition(0);
        m_text->setToolTip(command);
    }
}

QString CommandLine::command() const
{
    return m_text->text();
}

} // namespace pilothouse::ui
