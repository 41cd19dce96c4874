// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connections/ProfileForm.h"

#include "ui/components/TextLabel.h"
#include "ui/connections/EnvironmentChip.h"
#include "ui/session/Address.h"
#include "ui/session/CertificateText.h"
#include "ui/shell/EnvironmentLook.h"

#include "shared/base/StatusHelpers.h"

#include <QComboBox>
#include <QFileDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

namespace pilothouse::ui {

namespace {

constexpr int kLongestName = 80;

} // namespace

ProfileForm::ProfileForm(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme)
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(space::kL);
    grid->setVerticalSpacing(space::kS);
    grid->setColumnStretch(1, 1);
    m_name = addField(*grid, tr("Name"), tr("eu-prod-1"));
    m_name->setMaxLength(kLongestName);
    addEnvironment(*grid);
    m_address = addField(*grid, tr("Server"), tr("ops.example.net:7443 or unix:/path"));
    m_folder = addField(*grid, tr("Folder"), tr("optional"));
    m_folder->setMaxLength(kLongestName);
    m_user = addField(*grid, tr("Sign in as"), tr("optional, fills the sign-in"));
    m_ca = addFileField(
        *grid, tr("CA certificate"), tr("optional: PEM file that vouches for the server"));
    m_certificate =
        addFileField(*grid, tr("Client certificate"), tr("optional: PEM file, for mutual TLS"));
    m_key = addFileField(*grid, tr("Client key"), tr("optional: PEM file, for mutual TLS"));
    addPin(*grid);
}

QLineEdit* ProfileForm::addField(
    QGridLayout& grid, const QString& label, const QString& placeholder)
{
    auto* caption = new TextLabel(m_theme, TypeRole::Label, Color::TextSecondary, label, this);
    auto* field = new QLineEdit(this);
    field->setPlaceholderText(placeholder);
    field->setAccessibleName(label);
    caption->setBuddy(field);
    grid.addWidget(caption, m_row, 0);
    grid.addWidget(field, m_row, 1, 1, 2);
    ++m_row;
    connect(field, &QLineEdit::textEdited, this, &ProfileForm::edited);
    return field;
}

QLineEdit* ProfileForm::addFileField(
    QGridLayout& grid, const QString& label, const QString& placeholder)
{
    QLineEdit* field = addField(grid, label, placeholder);
    auto* browse = new QPushButton(tr("Choose…"), this);
    browse->setAccessibleName(tr("Choose the file: %1").arg(label));
    grid.addWidget(field, m_row - 1, 1);
    grid.addWidget(browse, m_row - 1, 2);
    connect(browse, &QAbstractButton::clicked, this, [this, field, label] {
        auto* dialog = new QFileDialog(this, label);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, this, [this, field](const QString& file) {
            field->setText(file);
            Q_EMIT edited();
        });
        dialog->open();
    });
    return field;
}

void ProfileForm::addEnvironment(QGridLayout& grid)
{
    auto* caption =
        new TextLabel(m_theme, TypeRole::Label, Color::TextSecondary, tr("Environment"), this);
    m_environment = new QComboBox(this);
    m_environment->setAccessibleName(tr("Environment"));
    caption->setBuddy(m_environment);
    for (const auto environment :
         {system::Environment::Production,
          system::Environment::Staging,
          system::Environment::Test,
          system::Environment::Development,
          system::Environment::Local}) {
        m_environment->addItem(
            environmentIcon(m_theme, environment),
            lookOf(environment).word,
            static_cast<int>(environment));
    }
    grid.addWidget(caption, m_row, 0);
    grid.addWidget(m_environment, m_row, 1, 1, 2, Qt::AlignLeft);
    ++m_row;
    connect(m_environment, &QComboBox::activated, this, &ProfileForm::edited);
}

void ProfileForm::addPin(QGridLayout& grid)
{
    auto* caption = new TextLabel(
        m_theme, TypeRole::Label, Color::TextSecondary, tr("Trusted certificate"), this);
    m_pinText = new TextLabel(m_theme, TypeRole::Mono, QString(), this);
    m_pinText->setWordWrap(true);
    m_forgetPin = new QPushButton(tr("Forget"), this);
    m_forgetPin->setAccessibleName(tr("Forget the trusted certificate"));
    grid.addWidget(caption, m_row, 0);
    grid.addWidget(m_pinText, m_row, 1);
    grid.addWidget(m_forgetPin, m_row, 2);
    ++m_row;
    connect(m_forgetPin, &QAbstractButton::clicked, this, [this] {
        m_pin.clear();
        refreshPin();
        Q_EMIT edited();
    });
}

void ProfileForm::refreshPin()
{
    m_pinText->setText(
        m_pin.isEmpty() ? tr("none yet; asked at the first connection")
                        : fingerprintWords(m_pin).join(QLatin1Char(' ')));
    m_pinText->setToolTip(groupedFingerprint(m_pin));
    m_forgetPin->setVisible(!m_pin.isEmpty());
}

void ProfileForm::setProfile(const ConnectionProfile& profile)
{
    m_profile = profile;
    m_pin = profile.pinnedFingerprint;
    m_name->setText(profile.name);
    m_folder->setText(profile.folder);
    m_environment->setCurrentIndex(m_environment->findData(static_cast<int>(profile.environment)));
    m_address->setText(profile.address);
    m_user->setText(profile.user);
    m_ca->setText(profile.caFile);
    m_certificate->setText(profile.clientCertificateFile);
    m_key->setText(profile.clientKeyFile);
    refreshPin();
    setEnabled(!profile.isManaged);
}

ConnectionProfile ProfileForm::profile() const
{
    ConnectionProfile profile = m_profile;
    profile.name = m_name->text().trimmed();
    profile.folder = m_folder->text().trimmed();
    profile.environment = static_cast<system::Environment>(m_environment->currentData().toInt());
    profile.address = m_address->text().trimmed();
    profile.user = m_user->text().trimmed();
    profile.caFile = m_ca->text().trimmed();
    profile.clientCertificateFile = m_certificate->text().trimmed();
    profile.clientKeyFile = m_key->text().trimmed();
    // Of another server: what was trusted there says nothing about it.
    const bool isOfAnother =
        profile.address != m_profile.address && m_pin == m_profile.pinnedFingerprint;
    if (isOfAnother || m_pin.isEmpty()) {
        profile.pinnedFingerprint.clear();
        profile.pinnedDescription.clear();
    }
    return profile;
}

QString ProfileForm::problem() const
{
    const ConnectionProfile typed = profile();
    if (typed.name.isEmpty()) {
        return tr("Give the connection a name");
    }
    if (const absl::Status address = checkAddress(typed.address); !address.ok()) {
        return tr("Server: %1").arg(QString::fromStdString(describe(address)));
    }
    if (typed.clientCertificateFile.isEmpty() != typed.clientKeyFile.isEmpty()) {
        return tr("Mutual TLS needs both a client certificate and its key");
    }
    return {};
}

void ProfileForm::focusName()
{
    m_name->setFocus();
    m_name->selectAll();
}

} // namespace pilothouse::ui
