// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pilothouse::metrics {

inline constexpr std::string_view kMetricName = "__name__";

/// Appends a label's value as Prometheus' text formats write it between quotes: backslash, quote
/// and line feed with a backslash before them.
void appendEscapedLabelValue(std::string& out, std::string_view value);

/// A label set: sorted by name, names unique, no empty values (an empty value means "label absent",
/// as in Prometheus). A value type; the store keeps its own interned form.
class Labels
{
public:
    using Pair = std::pair<std::string, std::string>;

    Labels() = default;
    /// Sorts, drops empty values; of a repeated name the last one wins.
    explicit Labels(std::vector<Pair> pairs);
    Labels(std::initializer_list<Pair> pairs);

    /// The value, or "" when absent.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const;
    /// Sets or, with an empty value, removes.
    void set(std::string_view name, std::string_view value);
    void remove(std::string_view name);

    const std::vector<Pair>& pairs() const { return m_pairs; }
    bool empty() const { return m_pairs.empty(); }
    std::size_t size() const { return m_pairs.size(); }

    /// Prometheus' notation: name{a="b",c="d"}.
    std::string toString() const;

    bool operator==(const Labels&) const = default;
    auto operator<=>(const Labels&) const = default;

    template <typename H>
    friend H AbslHashValue(H state, const Labels& labels)
    {
        return H::combine(std::move(state), labels.m_pairs);
    }

private:
    std::vector<Pair> m_pairs;
};

} // namespace pilothouse::metrics
