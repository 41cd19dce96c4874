// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/Page.h"

#include <QString>

#include <functional>
#include <optional>
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
    /// The page's object for what the audit calls so ("jobs/17" → "17"); empty: it is not its own.
    std::function<QString(const QString& auditTarget)> objectOf = {};
};

/// A page, and an object on it or none.
struct PagePlace
{
    QString page;
    QString object;

    bool operator==(const PagePlace&) const = default;
};

/// The pages of this build in the order of the navigation; filled by main(), read by windows.
class PageRegistry
{
public:
    void add(PageSpec spec);
    const std::vector<PageSpec>& pages() const { return m_pages; }
    const PageSpec* find(const QString& id) const;
    /// Where what the audit calls so is shown; nothing when no page of this build does.
    std::optional<PagePlace> placeOf(const QString& auditTarget) const;

private:
    std::vector<PageSpec> m_pages;
};

} // namespace pilothouse::ui
