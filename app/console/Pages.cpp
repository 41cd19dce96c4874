// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/Pages.h"

#include "ui/access/AccessPage.h"
#include "ui/audit/AuditPage.h"
#include "ui/jobs/JobsPage.h"
#include "ui/metrics/MetricsPage.h"
#include "ui/overview/OverviewPage.h"
#include "ui/rollouts/RolloutsPage.h"
#include "ui/services/ServicesPage.h"
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
        {QStringLiteral("overview"),
         tr("Overview"),
         tr("Is anything wrong, and what happened?"),
         QStringLiteral("layout-dashboard"),
         NavGroup::Observe,
         {},
         [](const ui::PageContext& context, QWidget* parent) -> ui::Page* {
             return new ui::OverviewPage(context, parent);
         }});
    registry.add(
        {QStringLiteral("metrics"),
         tr("Metrics"),
         tr("Explore and compare"),
         QStringLiteral("chart-line"),
         NavGroup::Observe,
         QStringLiteral("metrics.view"),
         [](const ui::PageContext& context, QWidget* parent) -> ui::Page* {
             return new ui::MetricsPage(context, parent);
         }});
    registry.add(
        {QStringLiteral("services"),
         tr("Services"),
         tr("Health of the parts"),
         QStringLiteral("network"),
         NavGroup::Observe,
         QStringLiteral("services.view"),
         [](const ui::PageContext& context, QWidget* parent) -> ui::Page* {
             return new ui::ServicesPage(context, parent);
         },
         &ui::ServicesPage::objectOf});
    registry.add(
        {QStringLiteral("rollouts"),
         tr("Rollouts"),
         tr("Move traffic safely"),
         QStringLiteral("rocket"),
         NavGroup::Operate,
         QStringLiteral("rollouts.view"),
         [](const ui::PageContext& context, QWidget* parent) -> ui::Page* {
             return new ui::RolloutsPage(context, parent);
         },
         &ui::RolloutsPage::objectOf});
    registry.add(
        {QStringLiteral("audit"),
         tr("Audit"),
         tr("Who did what, and with what result?"),
         QStringLiteral("scroll-text"),
         NavGroup::Trust,
         QStringLiteral("audit.view"),
         [](const ui::PageContext& context, QWidget* parent) -> ui::Page* {
             return new ui::AuditPage(context, parent);
         }});
    registry.add(
        {QStringLiteral("jobs"),
         tr("Jobs"),
         tr("What is running, what failed?"),
         QStringLiteral("list-checks"),
         NavGroup::Operate,
         QStringLiteral("jobs.view"),
         [](const ui::PageContext& context, QWidget* parent) -> ui::Page* {
             return new ui::JobsPage(context, parent);
         },
         &ui::JobsPage::objectOf});
    registry.add(
        {QStringLiteral("access"),
         tr("Access"),
         tr("Who may do what here?"),
         QStringLiteral("users"),
         NavGroup::Trust,
         {},
         [](const ui::PageContext& context, QWidget* parent) -> ui::Page* {
             return new ui::AccessPage(context, parent);
         },
         &ui::AccessPage::objectOf});
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
