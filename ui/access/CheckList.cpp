// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/CheckList.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kMostShown = 6;

} // namespace

CheckList::CheckList(const Theme& theme, QWidget* parent) : QListWidget(parent), m_theme(theme)
{
    setUniformItemSizes(true);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(this, &QListWidget::itemChanged, this, &CheckList::edited);
}

void CheckList::addName(const QString& name, const QString& meaning, bool checked)
{
    const QSignalBlocker quiet(this);
    auto* item = new QListWidgetItem(
        meaning.isEmpty() ? name : QString(name + QStringLiteral("  ·  ") + meaning), this);
    item->setData(Qt::UserRole, name);
    item->setToolTip(meaning);
    item->setSizeHint({0, m_theme.rowHeight()});
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
    item->setCheckState(checked ? Qt::Checked : Qt::Unchecked);
    setFixedHeight(std::min(count(), kMostShown) * m_theme.rowHeight() + m_theme.px(space::kS));
}

QStringList CheckList::checked() const
{
    QStringList names;
    for (int row = 0; row < count(); ++row) {
        if (item(row)->checkState() == Qt::Checked) {
            names << item(row)->data(Qt::UserRole).toString();
        }
    }
    return names;
}

} // namespace pilothouse::ui
