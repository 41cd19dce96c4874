// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output/Terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace pilothouse::cli {

namespace {

winsize windowSize()
{
    winsize size{};
    if (isTerminal() && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        return size;
    }
    return {};
}

} // namespace

bool isTerminal()
{
    return ::isatty(STDOUT_FILENO) == 1;
}

std::size_t terminalWidth()
{
    return windowSize().ws_col;
}

std::size_t terminalHeight()
{
    return windowSize().ws_row;
}

} // namespace pilothouse::cli
