// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/ConnectionString.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <memory>

namespace pilothouse::postgres {

absl::StatusOr<ConnectionString> ConnectionString::parse(const std::string& text)
{
    char* error = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(text.c_str(), &error), PQconninfoFree);
    // libpq's message may quote the text with its password.
    PQfreemem(error);
    if (!options) {
        return withHint(
            absl::InvalidArgumentError("database.url is not a PostgreSQL connection string"),
            "Write it as postgresql://USER@HOST:PORT/DATABASE or as key=value words.");
    }
    ConnectionString result;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) {
            result.m_values[option->keyword] = option->val;
        }
    }
    return result;
}

std::string ConnectionString::get(const std::string& key) const
{
    const auto found = m_values.find(key);
    return found == m_values.end() ? std::string() : found->second;
}

std::string ConnectionString::text() const
{
    std::string result;
    for (const auto& [key, value] : m_values) {
        std::string escaped;
        for (const char letter : value) {
            if (letter == '\'' || letter == '\\') {
                escaped += '\\';
            }
            escaped += letter;
        }
        result += fmt::format("{}{}='{}'", result.empty() ? "" : " ", key, escaped);
    }
    return result;
}

std::string ConnectionString::place() const
{
    const std::string host = get("host").empty() ? "the local socket" : get("host");
    const std::string port = get("port").empty() ? std::string() : fmt::format(":{}", get("port"));
    return fmt::format(
        "{} on {}{}", get("dbname").empty() ? "database" : get("dbname"), host, port);
}

} // namespace pilothouse::postgres
