// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QWidget>

class QLineEdit;

namespace pilothouse::ui {

/// The same action as a command line, to be read and copied.
class CommandLine : public QWidget
{
    Q_OBJECT

public:
    explicit CommandLine(const Theme& theme, QWidget* parent = nullptr);

    void setCommand(const QString& command);
    QString command() const;

private:
    QLineEdit* m_text;
};

} // namespace pilothouse::ui
