// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/PermissionChoice.h"

#include "shared/access/Permissions.h"

#include <algorithm>
#include <map>

namespace pilothouse::ui {

namespace {

const std::string kEverything = "*";

/// Whether everything that `narrow` stands for is part of `wide`, too.
bool includes(const std::string& wide, const std::string& narrow)
{
    if (wide == narrow) {
        return true;
    }
    if (narrow.find('*') == std::string::npos) {
        return access::grants(wide, narrow);
    }
    return wide == kEverything;
}

} // namespace

PermissionChoice::PermissionChoice(const std::vector<std::string>& permissions)
{
    std::map<std::string, std::set<std::string>> byCapability;
    std::set<std::string> verbs;
    for (const std::string& permission : permissions) {
        const auto dot = permission.find('.');
        if (dot == std::string::npos) {
            continue;
        }
        byCapability[permission.substr(0, dot)].insert(permission);
        verbs.insert(permission.substr(dot + 1));
    }
    m_wide.push_back(kEverything);
    for (const std::string& verb : verbs) {
        m_wide.push_back("*." + verb);
    }
    for (const auto& [name, all] : byCapability) {
        m_capabilities.push_back({name, name + ".*", {all.begin(), all.end()}});
    }
}

void PermissionChoice::setPatterns(const std::vector<std::string>& patterns)
{
    m_patterns = {patterns.begin(), patterns.end()};
}

std::vector<std::string> PermissionChoice::patterns() const
{
    std::vector<std::string> kept;
    for (const std::string& pattern : m_patterns) {
        if (includedBy(pattern).empty()) {
            kept.push_back(pattern);
        }
    }
    return kept;
}

void PermissionChoice::set(const std::string& pattern, bool chosen)
{
    chosen ? void(m_patterns.insert(pattern)) : void(m_patterns.erase(pattern));
}

bool PermissionChoice::isIncluded(const std::string& pattern) const
{
    return isChosen(pattern) || !includedBy(pattern).empty();
}

std::string PermissionChoice::includedBy(const std::string& pattern) const
{
    const auto found = std::ranges::find_if(m_patterns, [&](const std::string& other) {
        return other != pattern && includes(other, pattern);
    });
    return found == m_patterns.end() ? std::string() : *found;
}

std::vector<std::string> PermissionChoice::standsFor(const std::string& pattern) const
{
    std::vector<std::string> all;
    for (const Capability& capability : m_capabilities) {
        std::ranges::copy_if(
            capability.permissions, std::back_inserter(all), [&](const std::string& permission) {
                return access::grants(pattern, permission);
            });
    }
    return all;
}

} // namespace pilothouse::ui
