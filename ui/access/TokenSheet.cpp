// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/TokenSheet.h"

#include "shared/client/AccessClient.h"
#include "ui/access/PermissionPicker.h"
#include "ui/components/CommandLine.h"
#include "ui/components/FieldForm.h"
#include "ui/components/MessageBar.h"
#include "ui/session/OnGuiThread.h"
#include "ui/shell/CtlLine.h"
#include "ui/theme/ThemeStyle.h"

#include "shared/base/StatusHelpers.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kTokenSheetWidth = 680;
constexpr int kDefaultChoice = 1;

} // namespace

TokenSheet::TokenSheet(const Theme& theme, Session& session, const Clock& clock)
    : Sheet(theme, QStringLiteral("key-round"), tr("New token for %1").arg(session.profile().name)),
      m_session(&session),
      m_clock(clock),
      m_days(new QComboBox(this)),
      m_command(new CommandLine(theme, this)),
      m_problem(new MessageBar(theme, Severity::Error, {}, this))
{
    setPreferredWidth(kTokenSheetWidth);
    auto* fields = new FieldForm(theme, this);
    m_name = fields->addText(tr("What for"), {});
    for (const int days : {7, 30, 90, 365}) {
        m_days->addItem(tr("%n days", nullptr, days), days);
    }
    m_days->setCurrentIndex(kDefaultChoice);
    fields->add(tr("Valid for"), m_days);
    m_scopes = new PermissionPicker(
        theme,
        session.roles().permissions(),
        [guard = m_session](const QString& permission) {
            return guard && guard->mayUse(permission) ? QString()
                                                      : tr("You do not have it yourself");
        },
        fields);
    fields->add(tr("It may"), m_scopes, tr("Never more than you may yourself."));
    body()->addWidget(fields);
    body()->addWidget(m_command);
    body()->addWidget(m_problem);
    QPushButton* cancelButton = addButton(tr("Cancel"));
    connect(cancelButton, &QAbstractButton::clicked, this, &Sheet::cancel);
    m_make = addButton(tr("Make token"));
    setButtonKind(*m_make, ButtonKind::Primary);
    connect(m_make, &QAbstractButton::clicked, this, &TokenSheet::confirm);
    connect(fields, &FieldForm::edited, this, &TokenSheet::refresh);
    connect(m_scopes, &PermissionPicker::edited, this, &TokenSheet::refresh);
    connect(m_days, &QComboBox::currentIndexChanged, this, &TokenSheet::refresh);
    refresh();
}

QWidget* TokenSheet::initialFocus()
{
    return m_name;
}

void TokenSheet::refresh()
{
    QString lacks;
    if (m_name->text().trimmed().isEmpty()) {
        lacks = tr("What it is for is needed");
    } else if (m_scopes->patterns().empty()) {
        lacks = tr("At least one permission is needed");
    }
    QStringList words{
        QStringLiteral("tokens"),
        QStringLiteral("create"),
        m_name->text().trimmed().isEmpty() ? QStringLiteral("NAME") : m_name->text().trimmed()};
    for (const std::string& scope : m_scopes->patterns()) {
        words << QStringLiteral("--scope") << QString::fromStdString(scope);
    }
    words << QStringLiteral("--expires")
          << QStringLiteral("%1d").arg(m_days->currentData().toInt());
    m_command->setCommand(ctlLine(words));
    m_make->setEnabled(lacks.isEmpty() && m_call == nullptr);
    m_make->setToolTip(lacks);
    m_make->setAccessibleDescription(lacks);
    setHint(
        m_call != nullptr ? tr("Asking the server…")
        : lacks.isEmpty() ? tr("Esc cancels · Ctrl+Enter makes it")
                          : lacks);
}

void TokenSheet::confirm()
{
    if (!m_make->isEnabled() || !m_session) {
        return;
    }
    m_problem->setMessage(Severity::Error, {});
    access::Token token;
    token.name = m_name->text().trimmed().toStdString();
    token.scopes = m_scopes->patterns();
    token.expireTime = m_clock.now() + absl::Hours(24 * m_days->currentData().toInt());
    m_call = m_session->access().createToken(
        token,
        onGuiThread<access::NewToken>(
            this, [this](const absl::StatusOr<access::NewToken>& answer) { onAnswer(answer); }));
    refresh();
}

void TokenSheet::onAnswer(const absl::StatusOr<access::NewToken>& answer)
{
    m_call.reset();
    refresh();
    if (!answer.ok()) {
        m_problem->setMessage(Severity::Error, QString::fromStdString(describe(answer.status())));
        return;
    }
    Q_EMIT closeRequested();
    Q_EMIT made(*answer);
}

} // namespace pilothouse::ui
