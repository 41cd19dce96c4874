// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/SampleSource.h"

#include <absl/status/statusor.h>
#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics {

/// A matcher's condition on a value, compiled once. A regular expression that is really a list of
/// literals ("a|b|c") or a literal prefix ("api-.*") is answered without the regex machine.
class ValueMatcher
{
public:
    /// INVALID_ARGUMENT for a bad regular expression.
    static absl::StatusOr<ValueMatcher> compile(const LabelMatcher& matcher);

    const std::string& name() const { return m_name; }
    /// Whether a series with this value of the label (empty = label absent) is selected.
    bool matches(std::string_view value) const { return matchesPositive(value) != m_negated; }
    /// The values of a positive condition when they can be listed: look them up instead of
    /// scanning.
    const std::optional<std::vector<std::string>>& literals() const { return m_literals; }
    bool isNegated() const { return m_negated; }
    /// True for a condition that names the regular expression machine at all.
    bool needsRegex() const { return m_regex != nullptr; }
    const std::string& pattern() const { return m_pattern; }

private:
    ValueMatcher() = default;
    bool matchesPositive(std::string_view value) const;

    std::string m_name;
    std::string m_pattern;
    bool m_negated = false;
    std::optional<std::vector<std::string>> m_literals;
    /// With m_anySuffix: everything that starts with it matches; else what RE2 may be asked about.
    std::string m_prefix;
    bool m_anySuffix = false;
    /// Suffix ".+" instead of ".*".
    bool m_suffixNotEmpty = false;
    std::shared_ptr<const re2::RE2> m_regex; // shared: matchers are copied into the regex cache
};

} // namespace pilothouse::metrics
