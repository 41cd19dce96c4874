// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/ProfileStore.h"
#include "ui/session/SecretStore.h"
#include "ui/shell/Page.h"

#include <vector>

class QLineEdit;
class QListWidget;
class QStackedWidget;

namespace pilothouse::ui {

/// What the settings show beyond the page's context; all outlive the page.
struct SettingsParts
{
    const ProfileStore* profiles;
    const SecretStore* secrets;
    /// Data folder of the local workspace.
    QString dataFolder;
};

/// How the console looks and behaves, by category; a change works at once and needs no Apply. The
/// search finds categories by what stands in them.
class SettingsPage : public Page
{
    Q_OBJECT

public:
    SettingsPage(const PageContext& context, const SettingsParts& parts, QWidget* parent);

    QString object() const override;
    void openObject(const QString& object) override;
    bool focusFilter() override;
    QWidget* initialFocus() override;
    bool usesTimeRange() const override { return false; }

private:
    struct Category
    {
        QString id;
        QString title;
        /// What the search looks through.
        QString words;
    };

    void addCategory(Category category, const QString& icon, QWidget* section);
    void search(const QString& text);

    const Theme& m_theme;
    std::vector<Category> m_categories;
    QLineEdit* m_search;
    QListWidget* m_list;
    QStackedWidget* m_sections;
};

} // namespace pilothouse::ui
