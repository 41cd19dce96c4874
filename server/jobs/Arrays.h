// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Statement.h"
#include "shared/jobs/Job.h"

#include <charconv>
#include <concepts>
#include <string>
#include <vector>

namespace pilothouse::jobs {

/// A column of numbers as a PostgreSQL array parameter, built value by value: batches go to the
/// database as a few arrays rather than as many statements.
class NumberArray
{
public:
    template <typename Number>
    requires std::integral<Number> || std::floating_point<Number>
    void add(Number value)
    {
        char digits[32];
        const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
        m_text += m_text.size() > 1 ? "," : "";
        m_text.append(digits, end);
    }
    postgres::Param param() const { return postgres::Param(m_text + "}"); }

private:
    std::string m_text = "{";
};

/// Parameters as the database has them: name, value, name, value, …
inline std::vector<std::string> flat(const Parameters& parameters)
{
    std::vector<std::string> result;
    for (const auto& [name, value] : parameters) {
        result.push_back(name);
        result.push_back(value);
    }
    return result;
}

inline Parameters parametersOf(const std::vector<std::string>& values)
{
    Parameters result;
    for (std::size_t index = 0; index + 1 < values.size(); index += 2) {
        result.emplace(values[index], values[index + 1]);
    }
    return result;
}

} // namespace pilothouse::jobs
