// SPDX-License-Identifier: Apache-2.0
// One side's server as a program: answers with its name and its process. "side_server NAME PORT",
// and with a third word it ends at once, as what cannot start does.
#include "tests/support/rollouts/SideServer.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>

int main(int argc, char** argv)
{
    if (argc != 3) {
        std::fprintf(stderr, "this version does not start\n");
        return 3;
    }
    sigset_t end;
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &end, nullptr); // in the server's threads, too
    const pilothouse::test::SideServer server(
        std::string(argv[1]) + " " + std::to_string(getpid()), std::atoi(argv[2]));
    if (server.port() != std::atoi(argv[2])) {
        std::fprintf(stderr, "somebody else has port %s\n", argv[2]);
        return 4;
    }
    std::printf("listening on %d\n", server.port());
    std::fflush(stdout);
    int number = 0;
    sigwait(&end, &number);
    return 0;
}
