// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connections/MessageScreen.h"

#include "ui/components/MessageBar.h"
#include "ui/components/TextLabel.h"
#include "ui/theme/ThemeStyle.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>

namespace pilothouse::ui {

namespace {

constexpr int kIcon = 32;
constexpr int kWidth = 720;
constexpr int kLogHeight = 260;

} // namespace

MessageScreen::MessageScreen(
    const Theme& theme, const QString& icon, const QString& title, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_title(new TextLabel(theme, TypeRole::H1, title, this)),
      m_text(new TextLabel(theme, TypeRole::Body, Color::TextSecondary, QString(), this)),
      m_problem(new MessageBar(theme, Severity::Error, QString(), this)),
      m_log(new QPlainTextEdit(this)),
      m_buttons(new QHBoxLayout)
{
    auto* mark = new QLabel(this);
    mark->setPixmap(theme.pixmap(icon, Color::TextSecondary, kIcon, devicePixelRatioF()));
    m_title->setWordWrap(true);
    m_text->setWordWrap(true);
    m_log->setReadOnly(true);
    m_log->setAccessibleName(tr("Log of the local server"));
    m_log->setFont(theme.font(TypeRole::Mono));
    m_log->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_log->setFixedHeight(theme.px(kLogHeight));
    m_log->hide();
    m_buttons->addStretch(1);
    auto* column = new QVBoxLayout;
    column->setSpacing(space::kM);
    column->addStretch(1);
    column->addWidget(mark);
    column->addWidget(m_title);
    column->addWidget(m_text);
    column->addWidget(m_problem);
    column->addWidget(m_log);
    column->addSpacing(space::kS);
    column->addLayout(m_buttons);
    column->addStretch(2);
    auto* centre = new QWidget(this);
    centre->setLayout(column);
    centre->setMaximumWidth(theme.px(kWidth));
    auto* layout = new QHBoxLayout(this);
    layout->addStretch(1);
    layout->addWidget(centre, 10);
    layout->addStretch(1);
}

void MessageScreen::setTitle(const QString& title)
{
    m_title->setText(title);
}

void MessageScreen::setText(const QString& text)
{
    m_text->setText(text);
}

void MessageScreen::setProblem(const QString& problem)
{
    m_problem->setMessage(Severity::Error, problem);
}

void MessageScreen::setLog(const QStringList& lines)
{
    m_log->setVisible(!lines.isEmpty());
    m_log->setPlainText(lines.join(QLatin1Char('\n')));
    m_log->verticalScrollBar()->setValue(m_log->verticalScrollBar()->maximum());
}

QPushButton* MessageScreen::addButton(const QString& text, bool isPrimary)
{
    auto* button = new QPushButton(text, this);
    if (isPrimary) {
        setButtonKind(*button, ButtonKind::Primary);
    }
    m_buttons->addWidget(button);
    return button;
}

} // namespace pilothouse::ui
