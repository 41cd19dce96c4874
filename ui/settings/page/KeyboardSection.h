// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/settings/Settings.h"
#include "ui/shell/CommandRegistry.h"
#include "ui/theme/Theme.h"

#include <QWidget>

class QKeySequenceEdit;
class QPushButton;
class QTableView;

namespace pilothouse::ui {

class KeyboardModel;
class TextLabel;

/// The keys of all verbs: choose a verb, press its new key, Set. A key that another verb has is
/// refused and says whose it is.
class KeyboardSection : public QWidget
{
    Q_OBJECT

public:
    KeyboardSection(
        const Theme& theme,
        Settings& settings,
        CommandRegistry& commands,
        QWidget* parent = nullptr);

private:
    QString currentId() const;
    void onSelected();
    void check();
    void assign();

    Settings& m_settings;
    CommandRegistry& m_commands;
    KeyboardModel* m_model;
    QTableView* m_table;
    QKeySequenceEdit* m_key;
    QPushButton* m_set;
    QPushButton* m_none;
    QPushButton* m_reset;
    TextLabel* m_message;
};

} // namespace pilothouse::ui
