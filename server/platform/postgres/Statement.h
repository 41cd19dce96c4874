// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::postgres {

/// A piece of SQL with a name. The name ("access.find_operator") is what metrics, the slow log and
/// errors show; the text is prepared once a connection under it, so a name stands for one text.
struct Statement
{
    const char* name;
    const char* sql;
};

/// The value of $1, $2, … of a statement, sent as text; PostgreSQL knows the type from the
/// statement.
class Param
{
public:
    Param(std::nullopt_t) {}
    Param(std::string value) : m_text(std::move(value)) {}
    Param(std::string_view value) : m_text(value) {}
    Param(const char* value) : m_text(value) {}
    Param(bool value) : m_text(value ? "true" : "false") {}
    template <std::integral Integer>
    Param(Integer value) : m_text(std::to_string(value))
    {}
    Param(double value);
    /// timestamptz
    Param(absl::Time value);
    /// interval
    Param(absl::Duration value);
    /// text[]
    Param(const std::vector<std::string>& values);
    template <typename Value>
    Param(const std::optional<Value>& value)
    {
        if (value) {
            m_text = Param(*value).m_text;
        }
    }
    /// bytea
    static Param bytes(std::string_view value);

    /// Empty: NULL.
    const std::optional<std::string>& text() const { return m_text; }

private:
    std::optional<std::string> m_text;
};

using Params = std::vector<Param>;

} // namespace pilothouse::postgres
