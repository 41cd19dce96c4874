// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/FactList.h"

#include "ui/components/TextLabel.h"

#include <QGridLayout>

namespace pilothouse::ui {

FactList::FactList(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(space::kL);
    m_grid->setVerticalSpacing(6);
    m_grid->setColumnStretch(1, 1);
}

QWidget* FactList::makeValue(const QString& value, TypeRole role, Color color)
{
    auto* label = new TextLabel(m_theme, role, color, value, this);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setFocusPolicy(Qt::NoFocus);
    return label;
}

void FactList::setFacts(const std::vector<std::pair<QString, QString>>& facts)
{
    if (facts == m_facts) {
        return;
    }
    clear();
    for (const auto& [name, value] : facts) {
        add(name, value);
    }
}

void FactList::clear()
{
    qDeleteAll(findChildren<QWidget*>(Qt::FindDirectChildrenOnly));
    m_facts.clear();
    m_row = 0;
}

void FactList::add(const QString& name, const QString& value, TypeRole role)
{
    auto* label = new TextLabel(m_theme, TypeRole::Label, Color::TextSecondary, name, this);
    m_grid->addWidget(label, m_row, 0, Qt::AlignTop);
    QWidget* shown = makeValue(value, role, Color::TextPrimary);
    shown->setAccessibleName(tr("%1: %2").arg(name, value));
    m_grid->addWidget(shown, m_row, 1, 1, 2);
    m_facts.emplace_back(name, value);
    ++m_row;
}

void FactList::addHeads(const QString& before, const QString& now)
{
    m_grid->setColumnStretch(2, 1);
    m_grid->addWidget(
        new TextLabel(m_theme, TypeRole::Caption, Color::TextSecondary, before, this), m_row, 1);
    m_grid->addWidget(
        new TextLabel(m_theme, TypeRole::Caption, Color::TextSecondary, now, this), m_row, 2);
    ++m_row;
}

void FactList::addCompared(
    const QString& name, const QString& before, const QString& now, TypeRole role)
{
    const bool isChanged = before != now;
    auto* label = new TextLabel(
        m_theme,
        TypeRole::Label,
        isChanged ? Color::CriticalText : Color::TextSecondary,
        isChanged ? tr("%1 ≠ changed").arg(name) : name,
        this);
    m_grid->addWidget(label, m_row, 0, Qt::AlignTop);
    m_grid->addWidget(makeValue(before, role, Color::TextSecondary), m_row, 1, Qt::AlignTop);
    m_grid->addWidget(
        makeValue(now, role, isChanged ? Color::CriticalText : Color::TextPrimary),
        m_row,
        2,
        Qt::AlignTop);
    ++m_row;
}

QString FactList::text() const
{
    QStringList lines;
    for (const auto& [name, value] : m_facts) {
        lines << name + QStringLiteral(": ") + value;
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace pilothouse::ui
