// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/Page.h"

#include <QString>

#include <functional>
#include <vector>

namespace pilothouse::ui {

enum class NavGroup { Observe, Operate, Data, Trust, Bottom };

/// How the shell knows a page before it exists.
struct PageSpec
{
    /// Stable, lower case: "overview". Part of deep links.
    QString id;
    QString title;
    /// One line: what question the page answers.
    QString purpose;
    /// Name of a Lucide icon.
    QString icon;
    NavGroup group = NavGroup::Observe;
    /// Permission without which the page cannot show anything, or empty.
    QString permission;
    std::function<Page*(const PageContext& context, QWidget* parent)> make;
};

/// The pages of this build in the order of the navigation; filled by main(), read by windows.
class PageRegistry
{
public:
    void add(PageSpec spec);
    const std::vector<PageSpec>& pages() const { return m_pages; }
    const PageSpec* find(const QString& id) const;

private:
    std::vector<PageSpec> m_pages;
};

} // namespace pilothouse::ui
