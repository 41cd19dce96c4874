// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pqxx {
class const_row_iterator;
class field;
class result;
} // namespace pqxx

namespace pilothouse::postgres {

/// The names of a result's columns, found once for all of its rows: libpq would copy the name at
/// every look. Of columns with the same name the first is meant. Lives no longer than the result.
class Columns
{
public:
    explicit Columns(const pqxx::result& result);
    /// -1 when there is no such column. Quick for who asks in the order of the columns.
    int find(const char* name);

private:
    std::vector<const char*> m_names;
    std::size_t m_last = 0;
};

/// One row of a result, inside the function that reads it. Columns go by name. A column that does
/// not exist, a NULL where a value is asked for and a value of another type are mistakes of the
/// statement: they end the whole query with INTERNAL, never with a wrong value.
class Row
{
public:
    /// `fields` is moved along the row: a field of its own for each look would be two counted
    /// references.
    Row(pqxx::const_row_iterator& fields, Columns& columns) : m_fields(fields), m_columns(columns)
    {}

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
    /// Good until the next one.
    const pqxx::field& field(const char* column) const;
    const pqxx::field& value(const char* column) const;

    pqxx::const_row_iterator& m_fields;
    Columns& m_columns;
};

} // namespace pilothouse::postgres
