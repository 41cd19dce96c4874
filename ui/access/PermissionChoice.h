// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <set>
#include <string>
#include <vector>

namespace pilothouse::ui {

/// Which permissions a role or a token shall have, as patterns ("metrics.view", "metrics.*",
/// "*.view", "*"), over the permissions of the contract. What a wider pattern includes is included
/// whether it is chosen by itself or not.
class PermissionChoice
{
public:
    /// `permissions` of the contract; those of everyone ("public", "session") are left out.
    explicit PermissionChoice(const std::vector<std::string>& permissions);

    /// Everything that can be chosen: first the wide patterns, then by capability, each with its
    /// own pattern first.
    const std::vector<std::string>& wide() const { return m_wide; }
    struct Capability
    {
        std::string name;
        /// "metrics.*"
        std::string pattern;
        std::vector<std::string> permissions;
    };
    const std::vector<Capability>& capabilities() const { return m_capabilities; }

    /// Patterns that name nothing known are kept: a newer server may know them.
    void setPatterns(const std::vector<std::string>& patterns);
    /// Without those that others include; sorted.
    std::vector<std::string> patterns() const;

    void set(const std::string& pattern, bool chosen);
    bool isChosen(const std::string& pattern) const { return m_patterns.contains(pattern); }
    /// Chosen, or part of one that is.
    bool isIncluded(const std::string& pattern) const;
    /// Part of another one that is chosen: which.
    std::string includedBy(const std::string& pattern) const;
    /// The known permissions that a pattern stands for.
    std::vector<std::string> standsFor(const std::string& pattern) const;

private:
    std::vector<std::string> m_wide;
    std::vector<Capability> m_capabilities;
    std::set<std::string> m_patterns;
};

} // namespace pilothouse::ui
