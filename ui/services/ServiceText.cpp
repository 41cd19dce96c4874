// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/ServiceText.h"

#include "ui/components/Format.h"
#include "ui/shell/WhenText.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr std::size_t kMostChips = 8;

class ServiceWords
{
    Q_DECLARE_TR_FUNCTIONS(Services)
};

QString shown(const std::string& text)
{
    return QString::fromStdString(text).simplified();
}

TableCell plain(const QString& text)
{
    TableCell cell;
    cell.text = text;
    return cell;
}

TableCell numberCell(const std::optional<double>& value, Unit unit)
{
    TableCell cell;
    cell.text = value ? formatValue(*value, unit).text() : QStringLiteral("–");
    cell.sortKey = value.value_or(-1);
    return cell;
}

TableCell stateCell(const services::Instance& instance)
{
    TableCell cell;
    cell.text = wordOf(instance);
    cell.severity = severityOf(instance);
    cell.sortKey = -static_cast<int>(*cell.severity);
    cell.toolTip = shown(instance.problem);
    return cell;
}

std::optional<double> known(double seconds)
{
    return seconds > 0 ? std::optional(seconds) : std::nullopt;
}

QString checkText(const services::Check& check)
{
    if (check.kind == services::CheckKind::None) {
        return ServiceWords::tr("by heartbeats only");
    }
    return ServiceWords::tr("%1%2 every %3")
        .arg(
            QString::fromLatin1(services::checkKindName(check.kind).data()).toUpper(),
            check.target.empty() ? QString() : QStringLiteral(" ") + shown(check.target),
            formatDuration(absl::ToDoubleSeconds(check.interval)));
}

Severity severityOf(const system::ComponentHealth& component)
{
    switch (component.state) {
    case system::HealthState::Healthy:
        return Severity::Ok;
    case system::HealthState::Degraded:
        return Severity::Warning;
    case system::HealthState::Unhealthy:
        return Severity::Error;
    case system::HealthState::Absent:
        break;
    }
    return Severity::Unknown;
}

const system::ComponentHealth* componentOf(const system::Health& health, const char* name)
{
    const auto found = std::ranges::find(health.components, name, &system::ComponentHealth::name);
    return found == health.components.end() ? nullptr : &*found;
}

MapItem componentItem(const system::Health& health, const char* name, const QString& title)
{
    const auto* component = componentOf(health, name);
    if (component == nullptr) {
        return {title, Severity::Unknown, ServiceWords::tr("Nothing is known of it yet")};
    }
    return {title, severityOf(*component), shown(component->message)};
}

MapItem serviceItem(const services::ServiceSummary& service)
{
    MapItem item;
    item.text = QStringLiteral("%1 %2/%3")
                    .arg(shown(service.name))
                    .arg(service.healthy)
                    .arg(service.instances);
    const bool isDown = service.healthy == 0 && service.unhealthy > 0;
    item.severity = isDown                  ? Severity::Critical
                    : service.unhealthy > 0 ? Severity::Warning
                    : service.healthy > 0   ? Severity::Ok
                                            : Severity::Unknown;
    item.toolTip = ServiceWords::tr("%1 of %2 instances healthy, %3 draining")
                       .arg(service.healthy)
                       .arg(service.instances)
                       .arg(service.draining);
    return item;
}

MapLayer servicesLayer(const std::vector<services::ServiceSummary>& services)
{
    MapLayer layer{ServiceWords::tr("Services"), {}, 0};
    for (const services::ServiceSummary& service : services) {
        layer.items.push_back(serviceItem(service));
    }
    // The worst first, so that what does not fit is well.
    std::ranges::stable_sort(layer.items, std::greater<>(), [](const MapItem& item) {
        return static_cast<int>(item.severity);
    });
    if (layer.items.size() > kMostChips) {
        layer.more = static_cast<int>(layer.items.size() - kMostChips);
        layer.items.resize(kMostChips);
    }
    return layer;
}

} // namespace

Severity severityOf(const services::Instance& instance)
{
    switch (instance.state) {
    case services::InstanceState::Healthy:
        return instance.isDraining ? Severity::Info : Severity::Ok;
    case services::InstanceState::Unhealthy:
        return Severity::Error;
    case services::InstanceState::Unknown:
        break;
    }
    return Severity::Unknown;
}

QString wordOf(const services::Instance& instance)
{
    switch (instance.state) {
    case services::InstanceState::Healthy:
        return instance.isDraining ? ServiceWords::tr("Draining") : ServiceWords::tr("Healthy");
    case services::InstanceState::Unhealthy:
        return ServiceWords::tr("Unhealthy");
    case services::InstanceState::Unknown:
        break;
    }
    return ServiceWords::tr("Unknown");
}

std::vector<TableColumn> instanceColumns()
{
    return {
        {QStringLiteral("service"), ServiceWords::tr("Service"), 150},
        {QStringLiteral("instance"), ServiceWords::tr("Instance"), 0},
        {QStringLiteral("state"), ServiceWords::tr("State"), 108},
        {QStringLiteral("slot"), ServiceWords::tr("Slot"), 72},
        {QStringLiteral("version"), ServiceWords::tr("Version"), 92},
        {QStringLiteral("since"), ServiceWords::tr("Since"), 96, true},
        {QStringLiteral("cpu"), ServiceWords::tr("CPU"), 76, true},
        {QStringLiteral("memory"), ServiceWords::tr("Memory"), 92, true},
        {QStringLiteral("connections"), ServiceWords::tr("Connections"), 100, true},
        {QStringLiteral("queue"), ServiceWords::tr("Queue"), 72, true},
        {QStringLiteral("problem"), ServiceWords::tr("Last error"), 220},
        {QStringLiteral("address"), ServiceWords::tr("Address"), 150, false, true, true}};
}

TableRow instanceRow(const services::Instance& instance, absl::Time now, TimeDisplay display)
{
    const services::InstanceSpec& spec = instance.spec;
    TableCell since;
    since.text = whenText(instance.stateTime, now, display);
    since.sortKey = static_cast<qlonglong>(absl::ToUnixMillis(instance.stateTime));
    since.toolTip = exactText(instance.stateTime, display);
    std::optional<double> cpu = instance.load.cpu;
    return {
        QString::fromStdString(spec.key.text()),
        {plain(shown(spec.key.service)),
         plain(shown(spec.key.id)),
         stateCell(instance),
         plain(shown(spec.colour)),
         plain(shown(spec.version)),
         since,
         numberCell(cpu, Unit::Ratio),
         numberCell(instance.load.memoryBytes, Unit::Bytes),
         numberCell(instance.load.connections, Unit::None),
         numberCell(instance.load.queue, Unit::None),
         plain(shown(instance.problem)),
         plain(shown(spec.address))}};
}

std::vector<TableColumn> balancingColumns()
{
    return {
        {QStringLiteral("service"), ServiceWords::tr("Service"), 150},
        {QStringLiteral("instance"), ServiceWords::tr("Instance"), 0},
        {QStringLiteral("state"), ServiceWords::tr("State"), 108},
        {QStringLiteral("weight"), ServiceWords::tr("Weight"), 76, true},
        {QStringLiteral("calls"), ServiceWords::tr("Under way"), 96, true},
        {QStringLiteral("response"), ServiceWords::tr("Response"), 96, true},
        {QStringLiteral("errors"), ServiceWords::tr("Errors"), 80, true},
        {QStringLiteral("rate"), ServiceWords::tr("Calls"), 96, true},
        {QStringLiteral("share"), ServiceWords::tr("Share"), 80, true},
        {QStringLiteral("score"), ServiceWords::tr("Score"), 80, true}};
}

TableRow balancingRow(const services::Instance& instance, double share)
{
    const services::TrafficView& traffic = instance.traffic;
    TableCell weight;
    weight.text = formatCount(instance.spec.weight);
    weight.sortKey = instance.spec.weight;
    TableCell score = numberCell(traffic.score, Unit::None);
    score.toolTip = ServiceWords::tr(
        "Health by load: what the strategy 'health aware' compares; greater gets the next call");
    return {
        QString::fromStdString(instance.spec.key.text()),
        {plain(shown(instance.spec.key.service)),
         plain(shown(instance.spec.key.id)),
         stateCell(instance),
         weight,
         numberCell(traffic.inFlight, Unit::None),
         numberCell(known(absl::ToDoubleSeconds(traffic.responseTime)), Unit::Seconds),
         numberCell(traffic.errorRatio, Unit::Ratio),
         numberCell(traffic.resolvedPerSecond, Unit::PerSecond),
         numberCell(share < 0 ? std::nullopt : std::optional(share), Unit::Ratio),
         score}};
}

std::vector<TableColumn> checkColumns()
{
    return {
        {QStringLiteral("time"), ServiceWords::tr("Time"), 84},
        {QStringLiteral("result"), ServiceWords::tr("Result"), 84},
        {QStringLiteral("took"), ServiceWords::tr("Took"), 72, true},
        {QStringLiteral("message"), ServiceWords::tr("Message"), 0}};
}

std::vector<TableRow> checkRows(const services::Instance& instance, TimeDisplay display)
{
    std::vector<TableRow> rows;
    for (auto check = instance.checks.rbegin(); check != instance.checks.rend(); ++check) {
        const auto ms = absl::ToUnixMillis(check->time);
        TableCell time;
        time.text = formatClock(ms, display == TimeDisplay::Utc);
        time.sortKey = static_cast<qlonglong>(ms);
        time.toolTip = exactText(check->time, display);
        TableCell result;
        result.text = check->hasPassed ? ServiceWords::tr("Passed") : ServiceWords::tr("Failed");
        result.severity = check->hasPassed ? Severity::Ok : Severity::Error;
        TableCell message = plain(shown(check->message));
        message.toolTip = message.text;
        rows.push_back(
            {QString::number(ms),
             {time,
              result,
              numberCell(absl::ToDoubleSeconds(check->took), Unit::Seconds),
              message}});
    }
    return rows;
}

std::vector<std::pair<QString, QString>> factsOf(
    const services::Instance& instance, TimeDisplay display)
{
    const services::InstanceSpec& spec = instance.spec;
    std::vector<std::pair<QString, QString>> facts{
        {ServiceWords::tr("Address"), shown(spec.address)},
        {ServiceWords::tr("Version"), shown(spec.version)},
        {ServiceWords::tr("Slot"), shown(spec.colour)},
        {ServiceWords::tr("Checked"), checkText(spec.check)},
        {ServiceWords::tr("Time to live"),
         spec.ttl > absl::ZeroDuration() ? formatDuration(absl::ToDoubleSeconds(spec.ttl))
                                         : ServiceWords::tr("needs no heartbeats")},
        {ServiceWords::tr("Last heartbeat"), exactText(instance.heartbeatTime, display)},
        {ServiceWords::tr("Weight"), formatCount(spec.weight)},
        {ServiceWords::tr("Metrics"),
         spec.metricsPath.empty() ? ServiceWords::tr("not scraped") : shown(spec.metricsPath)},
        {ServiceWords::tr("Registered"), exactText(instance.registerTime, display)},
        {ServiceWords::tr("By"), shown(instance.registeredBy)}};
    if (!spec.tenants.empty()) {
        QStringList tenants;
        for (const std::string& tenant : spec.tenants) {
            tenants << shown(tenant);
        }
        facts.emplace_back(ServiceWords::tr("Only tenants"), tenants.join(QStringLiteral(", ")));
    }
    for (const auto& [name, value] : spec.metadata) {
        facts.emplace_back(shown(name), shown(value));
    }
    std::erase_if(facts, [](const auto& fact) { return fact.second.isEmpty(); });
    return facts;
}

std::vector<MapLayer> mapLayers(
    bool isConnected,
    const system::Health& health,
    const std::vector<services::ServiceSummary>& services)
{
    const bool isKnown = !health.components.empty();
    MapItem server{ServiceWords::tr("Pilothouse"), Severity::Unknown, {}};
    if (isKnown) {
        server.severity = severityOf(system::ComponentHealth{{}, health.overall, {}, {}, {}, {}});
        for (const auto& component : health.components) {
            if (!component.message.empty() && component.state != system::HealthState::Absent) {
                server.toolTip += (server.toolTip.isEmpty() ? QString() : QStringLiteral("\n")) +
                                  shown(component.name) + QStringLiteral(": ") +
                                  shown(component.message);
            }
        }
    }
    return {
        {ServiceWords::tr("Console"),
         {{ServiceWords::tr("This console"),
           isConnected ? Severity::Ok : Severity::Error,
           isConnected ? QString() : ServiceWords::tr("Not connected")}},
         0},
        {ServiceWords::tr("Control room"), {server}, 0},
        servicesLayer(services),
        {ServiceWords::tr("Data"),
         {componentItem(health, "control-database", ServiceWords::tr("PostgreSQL")),
          componentItem(health, "redis", ServiceWords::tr("Cache"))},
         0}};
}

} // namespace pilothouse::ui
