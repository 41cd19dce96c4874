// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pqxx {
class field;
class result;
class row;
} // namespace pqxx

namespace pilothouse::postgres {

/// The names of a result's columns, found once for all of its rows: libpq would copy the name at
/// every look. Lives no longer than the result.
class Columns
{
public:
    explicit Columns(const pqxx::result& result);
    /// -1 when there is no such column.
    int find(const char* name) const;

private:
    std::vector<const char*> m_names;
};

/// One row of a result, inside the function that reads it. Columns go by name. A column that does
/// not exist, a NULL where a value is asked for and a value of another type are mistakes of the
/// statement: they end the whole query with INTERNAL, never with a wrong value.
class Row
{
public:
    Row(const pqxx::row& row, const Columns& columns) : m_row(row), m_columns(columns) {}

    bool isNull(const char* column) const;
    std::string text(const char* column) const;
    std::int64_t integer(const char* column) const;
    double number(const char* column) const;
    bool boolean(const char* column) const;
    /// timestamptz; infinity is absl's.
    absl::Time time(const char* column) const;
    /// bytea
    std::string bytes(const char* column) const;
    /// text[] without NULLs
    std::vector<std::string> textList(const char* column) const;

    std::optional<std::string> textOrNull(const char* column) const;
    std::optional<std::int64_t> integerOrNull(const char* column) const;
    std::optional<absl::Time> timeOrNull(const char* column) const;

private:
    pqxx::field field(const char* column) const;
    pqxx::field value(const char* column) const;
    const pqxx::row& m_row;
    const Columns& m_columns;
};

} // namespace pilothouse::postgres
