// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/Labels.h"

#include <algorithm>

namespace pilothouse::metrics {

namespace {

/// Not a lambda of findName: clang 14 cannot compare strings in one of a template.
bool isNameBefore(const Labels::Pair& pair, std::string_view name)
{
    return pair.first < name;
}

auto findName(auto& pairs, std::string_view name)
{
    return std::lower_bound(pairs.begin(), pairs.end(), name, isNameBefore);
}

} // namespace

void appendEscapedLabelValue(std::string& out, std::string_view value)
{
    constexpr std::string_view kSpecial = "\\\"\n";
    for (std::size_t special = 0;
         (special = value.find_first_of(kSpecial)) != std::string_view::npos;) {
        out += value.substr(0, special);
        out += '\\';
        out += value[special] == '\n' ? 'n' : value[special];
        value.remove_prefix(special + 1);
    }
    out += value;
}

Labels::Labels(std::vector<Pair> pairs) : m_pairs(std::move(pairs))
{
    std::stable_sort(m_pairs.begin(), m_pairs.end(), [](const Pair& left, const Pair& right) {
        return left.first < right.first;
    });
    std::vector<Pair> unique;
    unique.reserve(m_pairs.size());
    for (auto& pair : m_pairs) {
        if (!unique.empty() && unique.back().first == pair.first) {
            unique.back() = std::move(pair);
        } else {
            unique.push_back(std::move(pair));
        }
    }
    std::erase_if(unique, [](const Pair& pair) { return pair.second.empty(); });
    m_pairs = std::move(unique);
}

Labels::Labels(std::initializer_list<Pair> pairs) : Labels(std::vector<Pair>(pairs)) {}

std::string_view Labels::get(std::string_view name) const
{
    const auto found = findName(m_pairs, name);
    return found != m_pairs.end() && found->first == name ? std::string_view(found->second)
                                                          : std::string_view();
}

bool Labels::has(std::string_view name) const
{
    return !get(name).empty();
}

void Labels::set(std::string_view name, std::string_view value)
{
    if (value.empty()) {
        remove(name);
        return;
    }
    const auto found = findName(m_pairs, name);
    if (found != m_pairs.end() && found->first == name) {
        found->second = value;
    } else {
        m_pairs.emplace(found, name, value);
    }
}

void Labels::remove(std::string_view name)
{
    const auto found = findName(m_pairs, name);
    if (found != m_pairs.end() && found->first == name) {
        m_pairs.erase(found);
    }
}

std::string Labels::toString() const
{
    std::string out(get(kMetricName));
    const bool hasName = !out.empty();
    if (m_pairs.size() == (hasName ? 1U : 0U)) {
        return hasName ? out : "{}";
    }
    out += '{';
    bool first = true;
    for (const auto& [name, value] : m_pairs) {
        if (name == kMetricName) {
            continue;
        }
        if (!first) {
            out += ", ";
        }
        first = false;
        out += name;
        out += "=\"";
        appendEscapedLabelValue(out, value);
        out += '"';
    }
    out += '}';
    return out;
}

} // namespace pilothouse::metrics
