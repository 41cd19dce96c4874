// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/Row.h"

#include <absl/strings/escaping.h>
#include <fmt/format.h>
#include <pqxx/pqxx>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace pilothouse::postgres {

namespace {

/// Caught by the query that the row belongs to. Says the column, never the value.
[[noreturn]] void refuse(const char* column, const char* what)
{
    throw std::logic_error(fmt::format("column {} {}", column, what));
}

absl::Time parseTime(const char* column, const std::string& text)
{
    if (text == "infinity") {
        return absl::InfiniteFuture();
    }
    if (text == "-infinity") {
        return absl::InfinitePast();
    }
    absl::Time time;
    std::string error;
    if (!absl::ParseTime("%Y-%m-%d %H:%M:%E*S%Ez", text, &time, &error)) {
        refuse(column, "is not a timestamp with time zone");
    }
    return time;
}

} // namespace

Columns::Columns(const pqxx::result& result)
{
    for (pqxx::row::size_type number = 0; number < result.columns(); ++number) {
        const char* name = result.column_name(number);
        const bool isKnown = std::ranges::any_of(
            m_names, [name](const char* other) { return std::strcmp(name, other) == 0; });
        m_names.push_back(isKnown ? "" : name);
    }
}

int Columns::find(const char* name)
{
    for (std::size_t step = 0; step < m_names.size(); ++step) {
        const std::size_t number = (m_last + step) % m_names.size();
        if (std::strcmp(name, m_names[number]) == 0) {
            m_last = number;
            return static_cast<int>(number);
        }
    }
    return -1;
}

const pqxx::field& Row::field(const char* column) const
{
    const int number = m_columns.find(column);
    if (number < 0) {
        refuse(column, "is not in the result");
    }
    m_fields += number - static_cast<int>(m_fields.num());
    return m_fields;
}

const pqxx::field& Row::value(const char* column) const
{
    const pqxx::field& found = field(column);
    if (found.is_null()) {
        refuse(column, "is NULL");
    }
    return found;
}

bool Row::isNull(const char* column) const
{
    return field(column).is_null();
}

std::string Row::text(const char* column) const
{
    return value(column).as<std::string>();
}

std::int64_t Row::integer(const char* column) const
{
    return value(column).as<long long>();
}

double Row::number(const char* column) const
{
    return value(column).as<double>();
}

bool Row::boolean(const char* column) const
{
    return value(column).as<bool>();
}

absl::Time Row::time(const char* column) const
{
    return parseTime(column, text(column));
}

std::string Row::bytes(const char* column) const
{
    const std::string hex = text(column);
    if (hex.rfind("\\x", 0) != 0) {
        refuse(column, "is not bytea");
    }
    return absl::HexStringToBytes(hex.substr(2));
}

std::vector<std::string> Row::textList(const char* column) const
{
    std::vector<std::string> result;
    auto parser = value(column).as_array();
    for (auto item = parser.get_next(); item.first != pqxx::array_parser::done;
         item = parser.get_next()) {
        if (item.first == pqxx::array_parser::null_value) {
            refuse(column, "holds a NULL");
        }
        if (item.first == pqxx::array_parser::string_value) {
            result.push_back(item.second);
        }
    }
    return result;
}

std::optional<std::string> Row::textOrNull(const char* column) const
{
    return isNull(column) ? std::nullopt : std::optional(text(column));
}

std::optional<std::int64_t> Row::integerOrNull(const char* column) const
{
    return isNull(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<absl::Time> Row::timeOrNull(const char* column) const
{
    return isNull(column) ? std::nullopt : std::optional(time(column));
}

} // namespace pilothouse::postgres
