// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace pilothouse::cli {

/// The whole program: reads the arguments, runs the command, returns the exit code.
int runCommandLine(int argc, const char* const* argv);

} // namespace pilothouse::cli
