// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QListWidget>

namespace pilothouse::ui {

/// Names to tick, each with a line of what it is.
class CheckList : public QListWidget
{
    Q_OBJECT

public:
    explicit CheckList(const Theme& theme, QWidget* parent = nullptr);

    void addName(const QString& name, const QString& meaning, bool checked);
    QStringList checked() const;

Q_SIGNALS:
    void edited();

private:
    const Theme& m_theme;
};

} // namespace pilothouse::ui
