// SPDX-License-Identifier: Apache-2.0
// scripted-server LISTEN [CERTIFICATE.pem KEY.pem]: a ScriptedServer that trusts everyone, until it
// is killed. Prints "ready PORT".
#include "tests/support/client_server/ScriptedServer.h"

#include <fstream>
#include <iostream>
#include <sstream>
#include <unistd.h>

namespace {

std::string contentOf(const char* path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

} // namespace

int main(int argc, char** argv)
{
    using namespace pilothouse::test;
    ScriptedServer::Options options;
    if (argc > 1) {
        options.listen = argv[1];
    }
    if (argc > 3) {
        options.certificate = Issued{contentOf(argv[2]), contentOf(argv[3])};
    }
    ScriptedServer server;
    server.with([](Script& script) { return script.trustsEveryone = true; });
    if (!server.start(options)) {
        return 1;
    }
    std::cout << "ready " << server.port() << std::endl;
    for (;;) {
        ::pause();
    }
}
