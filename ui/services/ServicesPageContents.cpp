// SPDX-License-Identifier: GPL-3.0-or-later
// What the page shows of what is known: rows, map, counts, inspector, and how old it is.
#include "ui/components/DataTable.h"
#include "ui/components/Tabs.h"
#include "ui/scaling/ScalingPanel.h"
#include "ui/services/InstanceInspector.h"
#include "ui/services/ServiceMap.h"
#include "ui/services/ServiceText.h"
#include "ui/services/ServicesPage.h"
#include "ui/shell/CommandRegistry.h"
#include "ui/shell/WhenText.h"

#include <utility>

namespace pilothouse::ui {

std::vector<TableRow> ServicesPage::rowsOf(
    int tab, const std::vector<const services::Instance*>& instances) const
{
    const absl::Time now = m_context.clock.now();
    std::vector<TableRow> rows;
    rows.reserve(instances.size());
    for (const services::Instance* instance : instances) {
        rows.push_back(
            tab == kInstancesTab ? instanceRow(*instance, now, m_context.settings.timeDisplay())
                                 : balancingRow(*instance, m_model.shareOf(*instance)));
    }
    return rows;
}

void ServicesPage::showAll()
{
    if (showsScaling()) {
        m_scaling->showNow();
        showRest();
        return;
    }
    table().setRows(rowsOf(m_tabs->currentIndex(), m_model.instances()));
    if (!m_wanted.isEmpty() && m_model.find(m_wanted) != nullptr) {
        table().select(std::exchange(m_wanted, QString()));
    }
    showRest();
}

void ServicesPage::showSome(const QStringList& changed, const QStringList& removed)
{
    if (!m_wanted.isEmpty() || m_tabs->currentIndex() != kInstancesTab) {
        showAll(); // a share moves when any of its service does
        return;
    }
    std::vector<const services::Instance*> instances;
    for (const QString& key : changed) {
        if (const services::Instance* instance = m_model.find(key)) {
            instances.push_back(instance);
        }
    }
    if (!removed.isEmpty()) {
        m_instances->removeRows(removed);
    }
    if (!instances.empty()) {
        m_instances->updateRows(rowsOf(kInstancesTab, instances));
    }
    showRest();
}

/// Everything but the rows.
void ServicesPage::showRest()
{
    m_instances->setState(m_model.state());
    m_balancing->setState(m_model.state());
    showMap();
    showInspector();
    const int unhealthy = m_model.unhealthyCount();
    const auto total = static_cast<int>(m_model.instances().size());
    QStringList parts;
    if (total > 0) {
        parts << tr("%n registered", nullptr, total);
    }
    if (unhealthy > 0) {
        parts << tr("%n unhealthy", nullptr, unhealthy);
    }
    Q_EMIT subtitleChanged(parts.join(QStringLiteral(", ")));
    Q_EMIT badgeChanged(unhealthy);
}

void ServicesPage::showMap()
{
    m_map->setLayers(
        mapLayers(m_context.session.isUsable(), m_model.health(), m_model.summaries()));
}

void ServicesPage::showInspector()
{
    const services::Instance* instance = chosen();
    if (instance != nullptr) {
        m_inspector->setInstance(*instance);
    }
    m_tabs->setBadge(kScalingTab, m_scaling->problemCount());
    Q_EMIT inspectorChanged(showsScaling() ? m_scaling->hasDetails() : instance != nullptr);
    if (m_context.commands != nullptr) {
        m_context.commands->refresh();
    }
}

void ServicesPage::showFreshness()
{
    const QString note = staleNote(m_context.session, m_context.settings.timeDisplay());
    m_instances->setStaleNote(note);
    m_balancing->setStaleNote(note);
    m_scaling->showFreshness();
    showMap();
}

} // namespace pilothouse::ui
