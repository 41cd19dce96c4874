// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/settings/Settings.h"
#include "ui/theme/Theme.h"

#include <QWidget>

#include <functional>
#include <utility>
#include <vector>

class QComboBox;
class QGridLayout;
class QSpinBox;

namespace pilothouse::ui {

/// Rows of a section: name, control, and a line that says what the choice means. Controls follow
/// the settings also when they change elsewhere (the clock in the strip, another window).
class SettingsForm : public QWidget
{
    Q_OBJECT

public:
    SettingsForm(const Theme& theme, Settings& settings, QWidget* parent = nullptr);

protected:
    struct Choice
    {
        QString text;
        int value;
    };

    void addChoice(
        const QString& name,
        const QString& meaning,
        const std::vector<Choice>& choices,
        std::function<int()> get,
        std::function<void(int)> set);
    void addNumber(
        const QString& name,
        const QString& meaning,
        std::pair<int, int> range,
        int step,
        const QString& suffix,
        std::function<int()> get,
        std::function<void(int)> set);
    void addSwitch(
        const QString& name,
        const QString& meaning,
        std::function<bool()> get,
        std::function<void(bool)> set);
    void addText(const QString& name, const QString& text, bool isMono);
    void addRow(const QString& name, QWidget* control, const QString& meaning);
    Settings& settings() { return m_settings; }
    const Theme& theme() const { return m_theme; }

private:
    const Theme& m_theme;
    Settings& m_settings;
    QGridLayout* m_grid;
    int m_row = 0;
};

} // namespace pilothouse::ui
