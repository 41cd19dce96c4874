// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/ProfileStore.h"
#include "ui/session/SecretStore.h"
#include "ui/shell/CommandRegistry.h"
#include "ui/theme/Theme.h"

#include <QWidget>

namespace pilothouse::ui {

class TextLabel;

/// How many connections there are, where secrets are kept, and the way to the manager.
class ConnectionsSection : public QWidget
{
    Q_OBJECT

public:
    ConnectionsSection(
        const Theme& theme,
        const ProfileStore& profiles,
        const SecretStore& secrets,
        CommandRegistry* commands,
        QWidget* parent = nullptr);

private:
    void refresh();

    const ProfileStore& m_profiles;
    const SecretStore& m_secrets;
    TextLabel* m_count;
    TextLabel* m_kept;
};

} // namespace pilothouse::ui
