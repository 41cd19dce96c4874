// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/SecretSheet.h"

#include "ui/components/Button.h"
#include "ui/components/MessageBar.h"
#include "ui/components/TextLabel.h"
#include "ui/theme/ThemeStyle.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kSecretSheetWidth = 620;

} // namespace

SecretSheet::SecretSheet(const Theme& theme, const access::NewToken& token)
    : Sheet(
          theme,
          QStringLiteral("key-round"),
          tr("Token %1").arg(QString::fromStdString(token.token.name))),
      m_secret(new QLineEdit(QString::fromStdString(token.secret), this)),
      m_copy(new Button(
          theme, ButtonKind::Primary, tr("Copy"), QStringLiteral("clipboard-copy"), this))
{
    setPreferredWidth(kSecretSheetWidth);
    body()->addWidget(new MessageBar(
        theme,
        Severity::Warning,
        tr("This is the only time that it is shown. The server keeps no copy."),
        this));
    m_secret->setReadOnly(true);
    m_secret->setFont(theme.font(TypeRole::Mono));
    m_secret->setCursorPosition(0);
    m_secret->setAccessibleName(tr("The token's secret"));
    m_copy->setAccessibleName(tr("Copy the secret"));
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.px(space::kS));
    row->addWidget(m_secret, 1);
    row->addWidget(m_copy);
    body()->addLayout(row);
    auto* text = new TextLabel(
        theme,
        TypeRole::Label,
        Color::TextSecondary,
        tr("For pilothousectl: put it into a file that only you can read, and name the file in "
           "PILOTHOUSE_TOKEN_FILE."),
        this);
    text->setWordWrap(true);
    body()->addWidget(text);
    connect(m_copy, &QAbstractButton::clicked, this, &SecretSheet::copy);
    QPushButton* done = addButton(tr("I have it"));
    connect(done, &QAbstractButton::clicked, this, &SecretSheet::confirm);
    setHint(tr("Ctrl+Enter closes"));
}

SecretSheet::~SecretSheet()
{
    m_secret->clear();
}

QWidget* SecretSheet::initialFocus()
{
    return m_copy;
}

void SecretSheet::copy()
{
    QGuiApplication::clipboard()->setText(m_secret->text());
    m_isCopied = true;
    m_copy->setText(tr("Copied"));
    setHint(tr("Copied · Esc or Ctrl+Enter closes"));
}

void SecretSheet::confirm()
{
    Q_EMIT closeRequested();
}

void SecretSheet::cancel()
{
    if (m_isCopied) {
        Q_EMIT closeRequested();
    } else {
        setHint(tr("Copy it first, or press “I have it”"));
    }
}

} // namespace pilothouse::ui
