// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/Pages.h"

#include "ui/settings/page/SettingsPage.h"

#include <QCoreApplication>

namespace pilothouse::console {

namespace {

QString tr(const char* source)
{
    return QCoreApplication::translate("Pages", source);
}

} // namespace

void addPages(ui::PageRegistry& registry, const PageParts& parts)
{
    using ui::NavGroup;
    registry.add(
        {QStringLiteral("settings"),
         tr("Settings"),
         tr("How this console looks and behaves"),
         QStringLiteral("settings"),
         NavGroup::Bottom,
         {},
         [parts](const ui::PageContext& context, QWidget* parent) -> ui::Page* {
             return new ui::SettingsPage(
                 context, {&parts.profiles, &parts.secrets, parts.dataFolder}, parent);
         }});
}

} // namespace pilothouse::console
