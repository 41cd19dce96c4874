// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/CommandLine.h"

#include <cstdlib>

int main(int argc, char** argv)
{
    // gRPC would explain failed handshakes on standard error in its own words, beside ours.
    ::setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
    return pilothouse::cli::runCommandLine(argc, argv);
}
