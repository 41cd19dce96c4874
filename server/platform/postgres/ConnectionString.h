// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <string>

namespace pilothouse::postgres {

/// A libpq connection string, taken apart; URLs and key=value strings alike.
class ConnectionString
{
public:
    /// INVALID_ARGUMENT when libpq cannot read it; the message never quotes the text.
    static absl::StatusOr<ConnectionString> parse(const std::string& text);

    void set(const std::string& key, const std::string& value) { m_values[key] = value; }
    /// Only when the key has no value yet.
    void setDefault(const std::string& key, const std::string& value)
    {
        m_values.emplace(key, value);
    }
    std::string get(const std::string& key) const;
    /// As key=value; holds the password.
    std::string text() const;
    /// "dbname on host:port", for messages: without user and password.
    std::string place() const;

private:
    std::map<std::string, std::string> m_values;
};

} // namespace pilothouse::postgres
