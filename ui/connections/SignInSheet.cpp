// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connections/SignInSheet.h"

#include "ui/components/MessageBar.h"
#include "ui/components/TextLabel.h"
#include "ui/theme/ThemeStyle.h"

#include "shared/base/StatusHelpers.h"

#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kWidth = 460;

/// What the operator should know before trying: the session ended, or the server has no operators
/// yet.
std::pair<Severity, QString> opening(const Session& session)
{
    const client::ConnectionStatus& status = session.status();
    if (status.server && status.server->needsInit) {
        return {
            Severity::Warning,
            SignInSheet::tr("This server has no operators yet. Run pilothoused init on it, then "
                            "sign in with that name.")};
    }
    if (status.lastLive != absl::InfinitePast()) {
        return {Severity::Info, SignInSheet::tr("Your session ended. The page is kept behind.")};
    }
    return {Severity::Info, QString()};
}

} // namespace

SignInSheet::SignInSheet(const Theme& theme, Session& session, const SecretStore& secrets)
    : Sheet(theme, QStringLiteral("log-in"), tr("Sign in to %1").arg(session.profile().name)),
      m_session(&session),
      m_message(new MessageBar(theme, Severity::Info, QString(), this)),
      m_name(nullptr),
      m_password(nullptr),
      m_cancel(nullptr),
      m_signIn(nullptr)
{
    setPreferredWidth(kWidth);
    const auto [severity, text] = opening(session);
    m_message->setMessage(severity, text);
    body()->addWidget(m_message);
    m_name = addField(tr("Name"), session.profile().user);
    m_password = addField(tr("Password"), QString());
    m_password->setEchoMode(QLineEdit::Password);
    m_password->setInputMethodHints(
        Qt::ImhSensitiveData | Qt::ImhNoPredictiveText | Qt::ImhNoAutoUppercase);
    auto* kept = new TextLabel(
        theme,
        TypeRole::Label,
        Color::TextSecondary,
        secrets.state() == SecretStore::State::Keychain
            ? tr("The session is remembered in this system's keychain; the password is not.")
            : tr("The session is remembered until the console ends: %1.").arg(secrets.problem()),
        this);
    kept->setWordWrap(true);
    body()->addWidget(kept);
    setHint(tr("Esc cancels"));
    m_cancel = addButton(tr("Cancel"));
    connect(m_cancel, &QAbstractButton::clicked, this, &SignInSheet::cancel);
    m_signIn = addButton(tr("Sign in"));
    setButtonKind(*m_signIn, ButtonKind::Primary);
    connect(m_signIn, &QAbstractButton::clicked, this, &SignInSheet::confirm);
    connect(m_name, &QLineEdit::returnPressed, m_password, [this] { m_password->setFocus(); });
    connect(m_password, &QLineEdit::returnPressed, this, &SignInSheet::confirm);
    connect(&session, &Session::signInFinished, this, &SignInSheet::onFinished);
    m_wait.setInterval(1000);
    connect(&m_wait, &QTimer::timeout, this, [this] {
        --m_secondsToWait;
        refresh();
    });
    refresh();
}

QLineEdit* SignInSheet::addField(const QString& label, const QString& value)
{
    auto* caption = new TextLabel(theme(), TypeRole::Label, Color::TextSecondary, label, this);
    auto* field = new QLineEdit(value, this);
    field->setAccessibleName(label);
    caption->setBuddy(field);
    body()->addWidget(caption);
    body()->addWidget(field);
    connect(field, &QLineEdit::textChanged, this, &SignInSheet::refresh);
    return field;
}

QWidget* SignInSheet::initialFocus()
{
    return m_name->text().isEmpty() ? m_name : m_password;
}

void SignInSheet::confirm()
{
    if (m_signIn->isEnabled() && m_session) {
        m_session->signIn(m_name->text().trimmed(), m_password->text());
        refresh();
    }
}

void SignInSheet::cancel()
{
    m_password->clear();
    Q_EMIT cancelled();
    Q_EMIT closeRequested();
}

void SignInSheet::onFinished(const absl::Status& status)
{
    if (status.ok()) {
        m_password->clear();
        Q_EMIT closeRequested();
        return;
    }
    m_message->setMessage(Severity::Error, QString::fromStdString(describe(status)));
    if (const auto delay = retryDelayOf(status)) {
        m_secondsToWait = static_cast<int>(absl::ToInt64Seconds(*delay + absl::Milliseconds(999)));
        m_wait.start();
    }
    refresh();
    m_password->selectAll();
    m_password->setFocus();
}

void SignInSheet::refresh()
{
    if (m_signIn == nullptr) {
        return;
    }
    if (m_secondsToWait <= 0) {
        m_wait.stop();
    }
    const bool isBusy = m_session && m_session->isSigningIn();
    const bool isComplete = !m_name->text().trimmed().isEmpty() && !m_password->text().isEmpty();
    m_signIn->setEnabled(isComplete && !isBusy && m_secondsToWait <= 0);
    if (isBusy) {
        m_signIn->setText(tr("Signing in…"));
    } else if (m_secondsToWait > 0) {
        m_signIn->setText(tr("Wait %1 s").arg(m_secondsToWait));
    } else {
        m_signIn->setText(tr("Sign in"));
    }
}

} // namespace pilothouse::ui
