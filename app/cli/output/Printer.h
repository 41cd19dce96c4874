// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output/Json.h"
#include "app/cli/output/Table.h"

#include <absl/status/status.h>

#include <string>
#include <string_view>

namespace pilothouse::cli {

/// Standard output in the format that was asked for.
class Printer
{
public:
    /// JSON instead of tables.
    void setJson(bool isJson) { m_isJson = isJson; }
    bool isJson() const { return m_isJson; }

    /// A table on a terminal is cut to its width.
    void print(const Table& table);
    /// Indented for people on a terminal, one line elsewhere.
    void print(const Json& json);
    /// As it is, with a newline.
    void line(std::string_view text);
    /// OK, or what is wrong with standard output. A reader that has gone (`| head`) is not an
    /// error.
    absl::Status finish();
    bool isBroken() const { return m_isBroken; }

private:
    void write(std::string_view text);

    bool m_isJson = false;
    bool m_isBroken = false;
    int m_error = 0;
};

/// "pilothousectl: message. Hint." on standard error.
void printError(const absl::Status& status);
/// The same for something worth knowing.
void printNote(std::string_view text);

} // namespace pilothouse::cli
