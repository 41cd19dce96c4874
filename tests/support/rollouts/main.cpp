// SPDX-License-Identifier: Apache-2.0
// One side's server as a program: answers with its name and its process. "side_server NAME PORT",
// with a number of milliseconds it answers for so long after it was asked to end, and with another
// third word it ends at once, as what cannot start does.
#include "tests/support/rollouts/SideServer.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <unistd.h>

int main(int argc, char** argv)
{
    const int lingers = argc == 4 ? std::atoi(argv[3]) : 0;
    if (argc != 3 && lingers == 0) {
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
    std::this_thread::sleep_for(std::chrono::milliseconds(lingers));
    return 0;
}
