// SPDX-License-Identifier: Apache-2.0
// jobs_worker URL SERVER-ID [LEASE-SECONDS [JOBS]]: one server as far as jobs are concerned, to be
// killed. It makes so many jobs itself, one when the one before is over.
#include "server/platform/crypto/Random.h"
#include "shared/base/StatusHelpers.h"
#include "tests/support/jobs/EngineHost.h"

#include <absl/strings/numbers.h>
#include <absl/time/clock.h>

#include <csignal>
#include <iostream>

int main(int argc, char** argv)
{
    using namespace pilothouse;
    if (argc < 3 || !platform::initCrypto()) {
        return 2;
    }
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    test::EngineHost::Options options;
    options.url = argv[1];
    options.serverId = argv[2];
    options.kinds.front().maxAttempts = 20; // a test kills more often than a server may die
    int seconds = 2;
    if (argc > 3 && absl::SimpleAtoi(argv[3], &seconds)) {
        options.lease = absl::Seconds(seconds);
    }
    const auto host = test::EngineHost::start(options);
    if (!host.ok()) {
        std::cerr << describe(host.status()) << std::endl;
        return 1;
    }
    std::cout << "ready" << std::endl;
    int jobs = 0;
    if (argc > 4 && !absl::SimpleAtoi(argv[4], &jobs)) {
        return 2;
    }
    while (jobs-- > 0) {
        const std::int64_t job = (*host)->create({});
        while ((*host)->state(job) != "succeeded") {
            absl::SleepFor(absl::Milliseconds(1));
        }
    }
    int signal = 0;
    sigwait(&set, &signal);
    (*host)->stop();
    return 0;
}
