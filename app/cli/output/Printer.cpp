// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output/Printer.h"

#include "app/cli/output/Terminal.h"
#include "app/cli/output/TextWidth.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace pilothouse::cli {

void Printer::write(std::string_view text)
{
    if (m_isBroken) {
        return;
    }
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() ||
        std::fflush(stdout) != 0) {
        m_isBroken = true;
        m_error = errno;
    }
}

void Printer::print(const Table& table)
{
    write(table.text(terminalWidth()));
}

void Printer::print(const Json& json)
{
    write(json.dump(isTerminal() ? 2 : -1, ' ', false, Json::error_handler_t::replace) + '\n');
}

void Printer::line(std::string_view text)
{
    write(std::string(text) + '\n');
}

absl::Status Printer::finish()
{
    if (!m_isBroken || m_error == EPIPE) {
        return absl::OkStatus();
    }
    return absl::InternalError(fmt::format("cannot write the output: {}", std::strerror(m_error)));
}

void printError(const absl::Status& status)
{
    std::string text = printable(describe(status));
    if (!text.ends_with('.')) {
        text += '.';
    }
    fmt::print(stderr, "pilothousectl: {}\n", text);
}

void printNote(std::string_view text)
{
    fmt::print(stderr, "pilothousectl: {}\n", printable(text));
}

} // namespace pilothouse::cli
