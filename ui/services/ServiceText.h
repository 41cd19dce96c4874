// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/services/Instance.h"
#include "shared/system/Health.h"
#include "ui/components/TableModel.h"
#include "ui/settings/Settings.h"

#include <absl/time/time.h>

#include <utility>
#include <vector>

namespace pilothouse::ui {

Severity severityOf(const services::Instance& instance);
/// "Healthy", "Draining", …
QString wordOf(const services::Instance& instance);

/// The table of instances: who they are and what they say of themselves.
std::vector<TableColumn> instanceColumns();
TableRow instanceRow(const services::Instance& instance, absl::Time now, TimeDisplay display);

/// The table of balancing: what the strategies know and what comes of it. `share` of the service's
/// calls; negative: not known.
std::vector<TableColumn> balancingColumns();
TableRow balancingRow(const services::Instance& instance, double share);

/// The table of an instance's last checks, newest first.
std::vector<TableColumn> checkColumns();
std::vector<TableRow> checkRows(const services::Instance& instance, TimeDisplay display);

std::vector<std::pair<QString, QString>> factsOf(
    const services::Instance& instance, TimeDisplay display);

/// A part of the platform as a chip.
struct MapItem
{
    QString text;
    Severity severity = Severity::Unknown;
    QString toolTip;

    bool operator==(const MapItem&) const = default;
};
/// Parts that stand beside each other; what stands left of them calls them.
struct MapLayer
{
    QString title;
    std::vector<MapItem> items;
    /// Parts that did not fit.
    int more = 0;

    bool operator==(const MapLayer&) const = default;
};
/// Console → server → services → data.
std::vector<MapLayer> mapLayers(
    bool isConnected,
    const system::Health& health,
    const std::vector<services::ServiceSummary>& services);

} // namespace pilothouse::ui
