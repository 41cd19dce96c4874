// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/run/EarlierServer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

namespace pilothouse::demo {

namespace {

constexpr auto kLockPoll = std::chrono::milliseconds(100);

} // namespace

bool serverHolds(const std::filesystem::path& workspace)
{
    const int lock = ::open((workspace / "pilothouse.lock").c_str(), O_RDWR | O_CLOEXEC);
    if (lock < 0) {
        return false; // there was never a server, or it says itself what is wrong with the folder
    }
    const bool isHeld = ::flock(lock, LOCK_EX | LOCK_NB) != 0;
    ::close(lock);
    return isHeld;
}

bool waitForServerToLetGo(
    const std::filesystem::path& workspace, std::chrono::milliseconds patience)
{
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (serverHolds(workspace)) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::sleep_for(kLockPoll);
    }
    return true;
}

} // namespace pilothouse::demo
