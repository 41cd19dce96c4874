// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/FieldForm.h"

#include "ui/components/TextLabel.h"

#include <QGridLayout>
#include <QLineEdit>

namespace pilothouse::ui {

namespace {

constexpr int kNameWidth = 120;
constexpr int kLongestText = 1000;

} // namespace

FieldForm::FieldForm(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(theme.px(space::kL));
    m_grid->setVerticalSpacing(theme.px(space::kS));
    m_grid->setColumnMinimumWidth(0, theme.px(kNameWidth));
    m_grid->setColumnStretch(1, 1);
}

void FieldForm::add(const QString& name, QWidget* field, const QString& meaning)
{
    auto* caption = new TextLabel(m_theme, TypeRole::Label, Color::TextSecondary, name, this);
    caption->setBuddy(field);
    caption->setWordWrap(true);
    field->setAccessibleName(name);
    field->setAccessibleDescription(meaning);
    m_grid->addWidget(caption, m_row, 0, Qt::AlignTop);
    caption->setContentsMargins(0, m_theme.px(7), 0, 0);
    m_grid->addWidget(field, m_row, 1);
    ++m_row;
    if (!meaning.isEmpty()) {
        auto* hint = new TextLabel(m_theme, TypeRole::Label, Color::TextSecondary, meaning, this);
        hint->setWordWrap(true);
        m_grid->addWidget(hint, m_row, 1);
        ++m_row;
    }
}

QLineEdit* FieldForm::addText(
    const QString& name, const QString& placeholder, const QString& meaning)
{
    auto* field = new QLineEdit(this);
    field->setPlaceholderText(placeholder);
    field->setMaxLength(kLongestText);
    add(name, field, meaning);
    connect(field, &QLineEdit::textChanged, this, &FieldForm::edited);
    return field;
}

} // namespace pilothouse::ui
