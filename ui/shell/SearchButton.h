// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/CommandRegistry.h"
#include "ui/theme/Theme.h"

#include <QAbstractButton>

namespace pilothouse::ui {

/// Looks like a search field and opens the palette.
class SearchButton : public QAbstractButton
{
    Q_OBJECT

public:
    SearchButton(const Theme& theme, CommandRegistry& commands, QWidget* parent = nullptr);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    CommandRegistry& m_commands;
};

} // namespace pilothouse::ui
