// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#ifdef Q_OS_UNIX
#include <ctime>
#else
#include <chrono>
#endif

namespace pilothouse::ui {

/// CPU time that this thread has used, in milliseconds: how long something kept the thread,
/// whatever else the machine did. Wall time where there is no such clock.
inline double threadCpuMs()
{
#ifdef Q_OS_UNIX
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
#else
    return std::chrono::duration<double, std::milli>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
#endif
}

} // namespace pilothouse::ui
