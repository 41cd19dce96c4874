// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/MarkedList.h"

#include "ui/components/TextLabel.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kMarkSize = 16;

} // namespace

MarkedList::MarkedList(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(theme.px(space::kS));
    connect(&theme, &Theme::changed, this, &MarkedList::build);
}

void MarkedList::setLines(const std::vector<MarkedLine>& lines)
{
    if (lines != m_lines) {
        m_lines = lines;
        build();
    }
}

void MarkedList::build()
{
    qDeleteAll(findChildren<QWidget*>(Qt::FindDirectChildrenOnly));
    for (const MarkedLine& line : m_lines) {
        m_column->addWidget(makeLine(line));
    }
}

QWidget* MarkedList::makeLine(const MarkedLine& line)
{
    auto* row = new QWidget(this);
    auto* grid = new QGridLayout(row);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(m_theme.px(space::kS));
    grid->setVerticalSpacing(0);
    grid->setColumnStretch(1, 1);
    auto* mark = new QLabel(row);
    mark->setPixmap(m_theme.pixmap(line.icon, line.color, kMarkSize, devicePixelRatioF()));
    mark->setAccessibleName(line.spoken);
    auto* text = new TextLabel(
        m_theme, line.isStrong ? TypeRole::BodyStrong : TypeRole::Body, line.text, row);
    text->setElided(true);
    grid->addWidget(mark, 0, 0, Qt::AlignVCenter);
    grid->addWidget(text, 0, 1);
    if (!line.detail.isEmpty()) {
        auto* detail = new TextLabel(m_theme, TypeRole::Label, line.detail, row);
        detail->setWordWrap(line.isReason);
        detail->setElided(!line.isReason);
        grid->addWidget(detail, 1, 1);
    }
    return row;
}

} // namespace pilothouse::ui
