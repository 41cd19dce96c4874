// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/Connection.h"
#include "ui/session/ConnectionProfile.h"
#include "ui/shell/Sheet.h"

class QLineEdit;

namespace pilothouse::ui {

/// Asks whether the certificate that a server shows is the server's. Cancel is the default;
/// trusting needs the first two words of the fingerprint typed, which cannot be done without having
/// looked at it. When another certificate was trusted before, both stand side by side.
class TrustSheet : public Sheet
{
    Q_OBJECT

public:
    TrustSheet(
        const Theme& theme, const ConnectionProfile& profile, const client::Certificate& offered);

    QWidget* initialFocus() override;
    void confirm() override;
    void cancel() override;

    /// Whether another certificate was pinned before.
    bool isChange() const { return m_isChange; }

Q_SIGNALS:
    void answered(bool trusted);

private:
    void addWarning();
    void addFacts();
    void addTyping();
    void copyDetails();
    QString wantedWords() const;

    ConnectionProfile m_profile;
    client::Certificate m_offered;
    bool m_isChange;
    QLineEdit* m_typed = nullptr;
    QPushButton* m_trust = nullptr;
    QPushButton* m_cancel = nullptr;
};

} // namespace pilothouse::ui
