// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/audit/AuditFilterBar.h"

#include "ui/audit/AuditText.h"
#include "ui/components/Button.h"
#include "ui/components/SearchField.h"

#include <QHBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

AuditFilterBar::AuditFilterBar(const Theme& theme, QWidget* parent) : QWidget(parent)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.px(space::kS));
    m_text = addField(theme, tr("Search in all fields"), {});
    m_actor = addField(theme, tr("Actor"), tr("Exactly this name"));
    m_action =
        addField(theme, tr("Action"), tr("One action, or a beginning with a star: access.*"));
    m_target =
        addField(theme, tr("Object"), tr("One object, or a beginning with a star: operators/*"));
    row->setStretch(0, 2);
    for (int column = 1; column < 4; ++column) {
        row->setStretch(column, 1);
    }
    m_ok = addChip(theme, outcomeWord(audit::Outcome::Ok), tr("Show what was done"));
    m_denied = addChip(theme, outcomeWord(audit::Outcome::Denied), tr("Show what was denied"));
    m_failed = addChip(theme, outcomeWord(audit::Outcome::Failed), tr("Show what failed"));
    m_inTimeRange = addChip(
        theme, tr("In time range"), tr("Only what happened in the time range of this window"));
    m_inTimeRange->setIconName(QStringLiteral("clock"));
}

SearchField* AuditFilterBar::addField(const Theme& theme, const QString& name, const QString& hint)
{
    auto* field = new SearchField(theme, name, this);
    field->setToolTip(hint);
    field->setMinimumWidth(theme.px(90));
    layout()->addWidget(field);
    connect(field, &SearchField::searched, this, [this] {
        if (!m_isSetting) {
            Q_EMIT changed();
        }
    });
    return field;
}

Button* AuditFilterBar::addChip(const Theme& theme, const QString& text, const QString& hint)
{
    auto* chip = new Button(theme, ButtonKind::Secondary, text, {}, this);
    chip->setCheckable(true);
    chip->setToolTip(hint);
    layout()->addWidget(chip);
    connect(chip, &QPushButton::toggled, this, [this] {
        if (!m_isSetting) {
            Q_EMIT changed();
        }
    });
    return chip;
}

audit::Filter AuditFilterBar::filter() const
{
    const auto text = [](const SearchField* field) {
        return field->text().trimmed().toStdString();
    };
    audit::Filter filter;
    filter.text = text(m_text);
    filter.actor = text(m_actor);
    filter.action = text(m_action);
    filter.target = text(m_target);
    if (m_ok->isChecked()) {
        filter.outcomes.push_back(audit::Outcome::Ok);
    }
    if (m_denied->isChecked()) {
        filter.outcomes.push_back(audit::Outcome::Denied);
    }
    if (m_failed->isChecked()) {
        filter.outcomes.push_back(audit::Outcome::Failed);
    }
    return filter;
}

void AuditFilterBar::setFilter(const audit::Filter& filter)
{
    m_isSetting = true;
    m_text->setText(QString::fromStdString(filter.text));
    m_actor->setText(QString::fromStdString(filter.actor));
    m_action->setText(QString::fromStdString(filter.action));
    m_target->setText(QString::fromStdString(filter.target));
    const auto has = [&](audit::Outcome outcome) {
        return std::ranges::find(filter.outcomes, outcome) != filter.outcomes.end();
    };
    m_ok->setChecked(has(audit::Outcome::Ok));
    m_denied->setChecked(has(audit::Outcome::Denied));
    m_failed->setChecked(has(audit::Outcome::Failed));
    m_isSetting = false;
}

bool AuditFilterBar::isInTimeRange() const
{
    return m_inTimeRange->isChecked();
}

void AuditFilterBar::setInTimeRange(bool inTimeRange)
{
    m_isSetting = true;
    m_inTimeRange->setChecked(inTimeRange);
    m_isSetting = false;
}

void AuditFilterBar::focusText()
{
    m_text->setFocus();
    m_text->selectAll();
}

QWidget* AuditFilterBar::firstField() const
{
    return m_text;
}

} // namespace pilothouse::ui
