// SPDX-License-Identifier: Apache-2.0
#include "server/StopSignals.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <cerrno>
#include <pthread.h>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace pilothouse {

namespace {

/// Ctrl+C reaches a server twice when it also reaches the program that started it, and that one
/// passes it on: both say the same.
constexpr absl::Duration kSameWish = absl::Seconds(1);

} // namespace

StopSignals::StopSignals() : m_set()
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
    std::thread([set = m_set, began = absl::Now(), limit] {
        int signal = -1;
        bool isSame = false;
        do {
            // A debugger, or a stop and a continuation, interrupt the wait before its time.
            const absl::Duration left = std::max(absl::ZeroDuration(), began + limit - absl::Now());
            const timespec span = absl::ToTimespec(left);
            signal = sigtimedwait(&set, nullptr, &span);
            isSame = signal > 0 && absl::Now() - began < kSameWish;
        } while (isSame || (signal < 0 && errno == EINTR));
        // By hand: main() may have returned, and the log with it.
        const std::string_view why = signal > 0
                                         ? "pilothoused: stopped at once by a second signal\n"
                                         : "pilothoused: stopping took too long: stopped at once\n";
        [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, why.data(), why.size());
        _exit(1);
    }).detach();
}

} // namespace pilothouse
