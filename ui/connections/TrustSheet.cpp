// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connections/TrustSheet.h"

#include "ui/components/FactList.h"
#include "ui/components/MessageBar.h"
#include "ui/components/TextLabel.h"
#include "ui/session/Address.h"
#include "ui/session/CertificateText.h"
#include "ui/theme/ThemeStyle.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kWidth = 680;
constexpr int kWidthCompared = 900;
constexpr int kWordsToType = 2;

/// "Subject: CN=x" as name and value.
std::pair<QString, QString> splitLine(const QString& line)
{
    const qsizetype colon = line.indexOf(QLatin1String(": "));
    return {line.left(colon), colon < 0 ? QString() : line.mid(colon + 2)};
}

TypeRole roleOf(const QString& name)
{
    return name.startsWith(QLatin1String("Fingerprint")) ? TypeRole::Mono : TypeRole::Body;
}

} // namespace

TrustSheet::TrustSheet(
    const Theme& theme, const ConnectionProfile& profile, const client::Certificate& offered)
    : Sheet(
          theme,
          profile.pinnedFingerprint.isEmpty() ? QStringLiteral("shield-question-mark")
                                              : QStringLiteral("shield-alert"),
          profile.pinnedFingerprint.isEmpty()
              ? tr("Is this %1?").arg(profile.name)
              : tr("%1 shows another certificate than before").arg(profile.name)),
      m_profile(profile),
      m_offered(offered),
      m_isChange(!profile.pinnedFingerprint.isEmpty())
{
    setPreferredWidth(m_isChange ? kWidthCompared : kWidth);
    addWarning();
    addFacts();
    addTyping();
    setHint(tr("Esc cancels · Ctrl+Enter trusts"));
    auto* copy = addButton(tr("Copy details"));
    connect(copy, &QAbstractButton::clicked, this, &TrustSheet::copyDetails);
    m_cancel = addButton(tr("Cancel"));
    connect(m_cancel, &QAbstractButton::clicked, this, &TrustSheet::cancel);
    m_trust = addButton(tr("Trust for this profile"));
    m_trust->setEnabled(false);
    setButtonKind(*m_trust, m_isChange ? ButtonKind::Danger : ButtonKind::Primary);
    connect(m_trust, &QAbstractButton::clicked, this, &TrustSheet::confirm);
}

void TrustSheet::addWarning()
{
    const bool isProduction = m_profile.environment == system::Environment::Production;
    if (m_isChange) {
        body()->addWidget(new MessageBar(
            theme(),
            isProduction ? Severity::Critical : Severity::Warning,
            isProduction
                ? tr("This can be an attack. Nothing was sent to the server. Trust it only if the "
                     "people who run it confirm the new fingerprint by another way.")
                : tr("The server was given a new certificate, or something stands between. Nothing "
                     "was sent. Compare the fingerprint with the one the server prints."),
            this));
    } else {
        body()->addWidget(new MessageBar(
            theme(),
            Severity::Info,
            tr("First connection: nothing vouches for this server yet. Compare the fingerprint "
               "with "
               "the one that pilothoused prints on the server, then it is remembered."),
            this));
    }
}

void TrustSheet::addFacts()
{
    auto* facts = new FactList(theme(), this);
    const QStringList now = describeCertificate(m_offered).split(QLatin1Char('\n'));
    const QStringList before = m_profile.pinnedDescription.split(QLatin1Char('\n'));
    facts->add(tr("Server"), displayAddress(m_profile.address), TypeRole::BodyStrong);
    const bool compares = m_isChange && before.size() == now.size();
    if (compares) {
        facts->addHeads(tr("TRUSTED BEFORE"), tr("OFFERED NOW"));
    } else if (m_isChange) {
        facts->add(
            tr("Trusted before"), groupedFingerprint(m_profile.pinnedFingerprint), TypeRole::Mono);
    }
    for (qsizetype line = 0; line < now.size(); ++line) {
        const auto [name, value] = splitLine(now[line]);
        if (compares) {
            facts->addCompared(name, splitLine(before[line]).second, value, roleOf(name));
        } else {
            facts->add(name, value, roleOf(name));
        }
    }
    body()->addWidget(facts);
}

QString TrustSheet::wantedWords() const
{
    return fingerprintWords(QString::fromStdString(m_offered.fingerprint))
        .mid(0, kWordsToType)
        .join(QLatin1Char(' '));
}

void TrustSheet::addTyping()
{
    auto* label = new TextLabel(
        theme(),
        TypeRole::Label,
        Color::TextSecondary,
        tr("To trust it, type the first two words of the fingerprint"),
        this);
    m_typed = new QLineEdit(this);
    m_typed->setAccessibleName(label->text());
    label->setBuddy(m_typed);
    connect(m_typed, &QLineEdit::textChanged, this, [this](const QString& text) {
        const QString wanted = wantedWords();
        m_trust->setEnabled(!wanted.isEmpty() && text.simplified().toLower() == wanted);
    });
    body()->addWidget(label);
    body()->addWidget(m_typed);
}

QWidget* TrustSheet::initialFocus()
{
    return m_cancel;
}

void TrustSheet::confirm()
{
    if (m_trust->isEnabled()) {
        Q_EMIT answered(true);
        Q_EMIT closeRequested();
    }
}

void TrustSheet::cancel()
{
    Q_EMIT answered(false);
    Q_EMIT closeRequested();
}

void TrustSheet::copyDetails()
{
    QString text = m_profile.name + QLatin1Char('\n') + m_profile.address + QLatin1Char('\n') +
                   describeCertificate(m_offered);
    if (m_isChange) {
        text += tr("\n\nTrusted before:\n") + m_profile.pinnedDescription;
    }
    QGuiApplication::clipboard()->setText(text);
}

} // namespace pilothouse::ui
