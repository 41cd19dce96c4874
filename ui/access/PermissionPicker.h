// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/access/Account.h"
#include "ui/access/PermissionChoice.h"
#include "ui/theme/Theme.h"

#include <QTreeWidget>

#include <functional>

namespace pilothouse::ui {

/// A PermissionChoice to tick: wide patterns on top, then each capability with its permissions and
/// the calls that they open. What a wider pattern includes is ticked and says so.
class PermissionPicker : public QTreeWidget
{
    Q_OBJECT

public:
    /// `forbidden`: why a permission cannot be given, or empty; may be unset.
    PermissionPicker(
        const Theme& theme,
        const std::vector<access::Permission>& permissions,
        std::function<QString(const QString& permission)> forbidden = {},
        QWidget* parent = nullptr);

    void setPatterns(const std::vector<std::string>& patterns);
    std::vector<std::string> patterns() const { return m_choice.patterns(); }

Q_SIGNALS:
    void edited();

private:
    QTreeWidgetItem* makeItem(const std::string& pattern, const QString& meaning);
    void onItemChanged(QTreeWidgetItem* item);
    void refresh();
    QString reasonFor(const std::string& pattern) const;

    PermissionChoice m_choice;
    std::function<QString(const QString&)> m_forbidden;
    const Theme& m_theme;
    std::vector<QTreeWidgetItem*> m_items;
};

} // namespace pilothouse::ui
