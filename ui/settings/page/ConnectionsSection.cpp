// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/page/ConnectionsSection.h"

#include "ui/components/TextLabel.h"
#include "ui/shell/CommandIds.h"

#include <QPushButton>
#include <QVBoxLayout>

namespace pilothouse::ui {

ConnectionsSection::ConnectionsSection(
    const Theme& theme,
    const ProfileStore& profiles,
    const SecretStore& secrets,
    CommandRegistry* commands,
    QWidget* parent)
    : QWidget(parent),
      m_profiles(profiles),
      m_secrets(secrets),
      m_count(new TextLabel(theme, TypeRole::Body, QString(), this)),
      m_kept(new TextLabel(theme, TypeRole::Body, Color::TextSecondary, QString(), this))
{
    m_kept->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, space::kS, 0, 0);
    layout->setSpacing(space::kM);
    layout->addWidget(m_count);
    layout->addWidget(m_kept);
    if (commands != nullptr) {
        auto* manage = new QPushButton(this);
        commands->bind(*manage, command::kConnections);
        layout->addWidget(manage, 0, Qt::AlignLeft);
    }
    connect(&m_profiles, &ProfileStore::changed, this, &ConnectionsSection::refresh);
    connect(&m_secrets, &SecretStore::stateChanged, this, &ConnectionsSection::refresh);
    refresh();
}

void ConnectionsSection::refresh()
{
    const auto count = static_cast<int>(m_profiles.profiles().size());
    m_count->setText(
        count == 0   ? tr("No connections besides the local workspace")
        : count == 1 ? tr("One connection besides the local workspace")
                     : tr("%1 connections besides the local workspace").arg(count));
    switch (m_secrets.state()) {
    case SecretStore::State::Keychain:
        m_kept->setText(tr("Sign-ins are remembered in this system's keychain."));
        break;
    case SecretStore::State::Probing:
        m_kept->setText(tr("Asking this system's keychain…"));
        break;
    case SecretStore::State::SessionOnly:
        m_kept->setText(tr("Sign-ins are remembered only until the console ends. %1.")
                            .arg(m_secrets.problem()));
        break;
    }
}

} // namespace pilothouse::ui
