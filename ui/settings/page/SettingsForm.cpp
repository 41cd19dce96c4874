// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/page/SettingsForm.h"

#include "ui/components/TextLabel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QSignalBlocker>
#include <QSpinBox>

namespace pilothouse::ui {

SettingsForm::SettingsForm(const Theme& theme, Settings& settings, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_settings(settings), m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, space::kS, 0, 0);
    m_grid->setHorizontalSpacing(space::kXl);
    m_grid->setVerticalSpacing(space::kXs);
    m_grid->setColumnStretch(2, 1);
}

void SettingsForm::addRow(const QString& name, QWidget* control, const QString& meaning)
{
    auto* label = new TextLabel(m_theme, TypeRole::Body, name, this);
    label->setBuddy(control);
    if (control->accessibleName().isEmpty()) {
        control->setAccessibleName(name);
    }
    control->setAccessibleDescription(meaning);
    m_grid->addWidget(label, m_row, 0);
    m_grid->addWidget(control, m_row, 1);
    auto* text = new TextLabel(m_theme, TypeRole::Label, Color::TextSecondary, meaning, this);
    text->setWordWrap(true);
    m_grid->addWidget(text, m_row, 2);
    m_grid->setRowMinimumHeight(m_row, m_theme.px(40));
    ++m_row;
}

void SettingsForm::addChoice(
    const QString& name,
    const QString& meaning,
    const std::vector<Choice>& choices,
    std::function<int()> get,
    std::function<void(int)> set)
{
    auto* box = new QComboBox(this);
    for (const Choice& choice : choices) {
        box->addItem(choice.text, choice.value);
    }
    addRow(name, box, meaning);
    const auto follow = [box, get = std::move(get)] { box->setCurrentIndex(box->findData(get())); };
    connect(&m_settings, &Settings::changed, box, follow);
    connect(box, &QComboBox::activated, this, [box, set = std::move(set)] {
        set(box->currentData().toInt());
    });
    follow();
}

void SettingsForm::addNumber(
    const QString& name,
    const QString& meaning,
    std::pair<int, int> range,
    int step,
    const QString& suffix,
    std::function<int()> get,
    std::function<void(int)> set)
{
    auto* box = new QSpinBox(this);
    box->setRange(range.first, range.second);
    box->setSingleStep(step);
    box->setSuffix(suffix);
    box->setKeyboardTracking(false);
    addRow(name, box, meaning);
    const auto follow = [box, get = std::move(get)] {
        const QSignalBlocker blocker(box);
        box->setValue(get());
    };
    connect(&m_settings, &Settings::changed, box, follow);
    connect(box, &QSpinBox::valueChanged, this, std::move(set));
    follow();
}

void SettingsForm::addSwitch(
    const QString& name,
    const QString& meaning,
    std::function<bool()> get,
    std::function<void(bool)> set)
{
    auto* box = new QCheckBox(this);
    addRow(name, box, meaning);
    const auto follow = [box, get = std::move(get)] { box->setChecked(get()); };
    connect(&m_settings, &Settings::changed, box, follow);
    connect(box, &QCheckBox::clicked, this, std::move(set));
    follow();
}

void SettingsForm::addText(const QString& name, const QString& text, bool isMono)
{
    auto* label = new TextLabel(m_theme, TypeRole::Body, name, this);
    auto* value = new TextLabel(m_theme, isMono ? TypeRole::Mono : TypeRole::Body, text, this);
    value->setWordWrap(true);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    value->setFocusPolicy(Qt::NoFocus);
    m_grid->addWidget(label, m_row, 0, Qt::AlignTop);
    m_grid->addWidget(value, m_row, 1, 1, 2);
    m_grid->setRowMinimumHeight(m_row, m_theme.px(28));
    ++m_row;
}

} // namespace pilothouse::ui
