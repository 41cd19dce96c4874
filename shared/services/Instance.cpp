// SPDX-License-Identifier: Apache-2.0
#include "shared/services/Instance.h"

#include <array>
#include <set>

namespace pilothouse::services {

namespace {

constexpr std::array<std::string_view, 4> kCheckKinds = {"none", "http", "tcp", "grpc"};
constexpr std::array<std::string_view, 3> kStates = {"unknown", "healthy", "unhealthy"};

} // namespace

std::string_view checkKindName(CheckKind kind)
{
    return kCheckKinds[static_cast<std::size_t>(kind)];
}

std::optional<CheckKind> checkKindOf(std::string_view name)
{
    for (std::size_t index = 0; index < kCheckKinds.size(); ++index) {
        if (kCheckKinds[index] == name) {
            return static_cast<CheckKind>(index);
        }
    }
    return std::nullopt;
}

std::string_view instanceStateName(InstanceState state)
{
    return kStates[static_cast<std::size_t>(state)];
}

ServiceSummary summaryOf(const std::string& service, const std::vector<const Instance*>& instances)
{
    ServiceSummary summary;
    summary.name = service;
    std::set<std::string> versions;
    std::set<std::string> colours;
    for (const Instance* instance : instances) {
        ++summary.instances;
        summary.healthy += instance->state == InstanceState::Healthy ? 1 : 0;
        summary.unhealthy += instance->state == InstanceState::Unhealthy ? 1 : 0;
        summary.draining += instance->isDraining ? 1 : 0;
        if (!instance->spec.version.empty()) {
            versions.insert(instance->spec.version);
        }
        if (!instance->spec.colour.empty()) {
            colours.insert(instance->spec.colour);
        }
    }
    summary.versions.assign(versions.begin(), versions.end());
    summary.colours.assign(colours.begin(), colours.end());
    return summary;
}

} // namespace pilothouse::services
