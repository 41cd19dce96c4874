// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/StateView.h"

#include <QWidget>

class QLabel;

namespace pilothouse::ui {

class TextLabel;

/// The empty, error and forbidden states: shape, sentence, hint, one action, and for errors the way
/// to copy the details.
class StateMessage : public QWidget
{
    Q_OBJECT

public:
    StateMessage(const Theme& theme, QWidget* parent);

    void show(const DataState& state);

Q_SIGNALS:
    void actionTriggered();

private:
    void restyle();

    const Theme& m_theme;
    DataState m_state;
    QLabel* m_icon;
    TextLabel* m_text;
    TextLabel* m_hint;
    Button* m_action;
    Button* m_copy;
};

} // namespace pilothouse::ui
