// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/access/Account.h"
#include "ui/shell/Sheet.h"

class QLineEdit;

namespace pilothouse::ui {

class Button;

/// Shows a new token's secret, this once. Esc does not close it before the secret was copied or the
/// operator says that he has it: what is lost here is lost.
class SecretSheet : public Sheet
{
    Q_OBJECT

public:
    SecretSheet(const Theme& theme, const access::NewToken& token);
    ~SecretSheet() override;

    QWidget* initialFocus() override;
    void confirm() override;
    void cancel() override;
    bool isCopied() const { return m_isCopied; }

private:
    void copy();

    QLineEdit* m_secret;
    Button* m_copy;
    bool m_isCopied = false;
};

} // namespace pilothouse::ui
