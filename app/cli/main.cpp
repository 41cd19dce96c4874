// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/CommandLine.h"

#include <cstdio>
#include <cstdlib>
#include <iostream>

int main(int argc, char** argv)
{
    // gRPC would explain failed handshakes on standard error in its own words, beside ours.
    ::setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
    const int code = pilothouse::cli::runCommandLine(argc, argv);
    std::cout.flush();
    std::fflush(nullptr);
    // Threads of gRPC may still be closing a connection. Whatever OpenSSL and gRPC keep in globals
    // would be destroyed beside them.
    std::_Exit(code);
}
