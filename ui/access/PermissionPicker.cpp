// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/PermissionPicker.h"

#include <QHeaderView>
#include <QSignalBlocker>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kPermissionPickerHeight = 320;
constexpr int kPermissionPickerRow = 26;
constexpr int kPermissionPickerNameWidth = 210;

std::vector<std::string> namesOf(const std::vector<access::Permission>& permissions)
{
    std::vector<std::string> names;
    names.reserve(permissions.size());
    for (const access::Permission& permission : permissions) {
        names.push_back(permission.name);
    }
    return names;
}

QString methodsText(const access::Permission& permission)
{
    QStringList methods;
    for (const std::string& method : permission.methods) {
        methods << QString::fromStdString(method).section(QLatin1Char('.'), -1);
    }
    return methods.join(QStringLiteral(", "));
}

QString wideMeaning(const std::string& pattern)
{
    if (pattern == "*") {
        return PermissionPicker::tr("everything, also what comes later");
    }
    return PermissionPicker::tr("%1 of every capability, also of those that come later")
        .arg(QString::fromStdString(pattern.substr(2)));
}

} // namespace

PermissionPicker::PermissionPicker(
    const Theme& theme,
    const std::vector<access::Permission>& permissions,
    std::function<QString(const QString& permission)> forbidden,
    QWidget* parent)
    : QTreeWidget(parent),
      m_choice(namesOf(permissions)),
      m_forbidden(std::move(forbidden)),
      m_theme(theme)
{
    setColumnCount(2);
    setHeaderLabels({tr("Permission"), tr("Opens")});
    setColumnWidth(0, theme.px(kPermissionPickerNameWidth));
    header()->setStretchLastSection(true);
    setFixedHeight(theme.px(kPermissionPickerHeight));
    setRootIsDecorated(true);
    setUniformRowHeights(true);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    for (const std::string& pattern : m_choice.wide()) {
        addTopLevelItem(makeItem(pattern, wideMeaning(pattern)));
    }
    for (const PermissionChoice::Capability& capability : m_choice.capabilities()) {
        QTreeWidgetItem* group = makeItem(
            capability.pattern,
            tr("everything of %1").arg(QString::fromStdString(capability.name)));
        addTopLevelItem(group);
        for (const std::string& name : capability.permissions) {
            const auto known = std::ranges::find(permissions, name, &access::Permission::name);
            group->addChild(makeItem(name, methodsText(*known)));
        }
        group->setExpanded(true);
    }
    connect(this, &QTreeWidget::itemChanged, this, &PermissionPicker::onItemChanged);
    refresh();
}

QTreeWidgetItem* PermissionPicker::makeItem(const std::string& pattern, const QString& meaning)
{
    const QString text = QString::fromStdString(pattern);
    auto* item = new QTreeWidgetItem({text, meaning});
    item->setSizeHint(0, {0, m_theme.px(kPermissionPickerRow)});
    item->setData(0, Qt::UserRole, text);
    item->setToolTip(1, meaning);
    item->setCheckState(0, Qt::Unchecked);
    m_items.push_back(item);
    return item;
}

QString PermissionPicker::reasonFor(const std::string& pattern) const
{
    if (!m_forbidden) {
        return {};
    }
    for (const std::string& permission : m_choice.standsFor(pattern)) {
        QString reason = m_forbidden(QString::fromStdString(permission));
        if (!reason.isEmpty()) {
            return reason;
        }
    }
    return {};
}

void PermissionPicker::setPatterns(const std::vector<std::string>& patterns)
{
    m_choice.setPatterns(patterns);
    refresh();
}

void PermissionPicker::onItemChanged(QTreeWidgetItem* item)
{
    m_choice.set(
        item->data(0, Qt::UserRole).toString().toStdString(), item->checkState(0) == Qt::Checked);
    refresh();
    Q_EMIT edited();
}

void PermissionPicker::refresh()
{
    const QSignalBlocker quiet(this);
    for (QTreeWidgetItem* item : m_items) {
        const std::string pattern = item->data(0, Qt::UserRole).toString().toStdString();
        const std::string by = m_choice.includedBy(pattern);
        const QString forbidden = reasonFor(pattern);
        item->setCheckState(0, m_choice.isIncluded(pattern) ? Qt::Checked : Qt::Unchecked);
        const bool isFree = by.empty() && (forbidden.isEmpty() || m_choice.isChosen(pattern));
        // Never disabled: a group that cannot be given would disable what in it can.
        item->setFlags(
            isFree ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable
                   : Qt::ItemIsEnabled | Qt::ItemIsSelectable);
        const QBrush color = m_theme.color(isFree ? Color::TextPrimary : Color::TextDisabled);
        item->setForeground(0, color);
        item->setForeground(1, color);
        const QString why =
            by.empty() ? forbidden : tr("part of %1").arg(QString::fromStdString(by));
        item->setToolTip(0, why);
        item->setData(0, Qt::AccessibleDescriptionRole, why);
    }
}

} // namespace pilothouse::ui
