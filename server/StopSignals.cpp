// SPDX-License-Identifier: Apache-2.0
#include "server/StopSignals.h"

#include <spdlog/spdlog.h>

#include <pthread.h>
#include <thread>
#include <unistd.h>

namespace pilothouse {

StopSignals::StopSignals()
{
    sigemptyset(&m_set);
    sigaddset(&m_set, SIGTERM);
    sigaddset(&m_set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &m_set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

int StopSignals::wait()
{
    int signal = 0;
    while (sigwait(&m_set, &signal) != 0) {
    }
    return signal;
}

void StopSignals::exitAtNextOrAfter(absl::Duration limit)
{
    // Detached: either the process ends first, or this ends it.
    std::thread([set = m_set, limit] {
        const timespec span = absl::ToTimespec(limit);
        const bool again = sigtimedwait(&set, nullptr, &span) > 0;
        spdlog::error(
            again ? "stopped at once by a second signal"
                  : "stopping took too long: stopped at once");
        _exit(1);
    }).detach();
}

} // namespace pilothouse
