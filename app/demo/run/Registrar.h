// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/run/DemoState.h"

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

namespace pilothouse::demo {

/// Registers blue and green with the demo's server as the service "extraction", checked over HTTP,
/// and sends a few requests a second to whichever instance Resolve answers, so that health and
/// balancing show something true. Registers again when the server forgot, and takes both out when
/// it ends.
class Registrar
{
public:
    Registrar(std::filesystem::path socket, const DemoState& state);
    ~Registrar();
    Registrar(const Registrar&) = delete;
    Registrar& operator=(const Registrar&) = delete;

private:
    void run();
    /// False: it is time to end.
    bool pause(std::chrono::milliseconds time);

    const std::filesystem::path m_socket;
    const DemoState m_state;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isStopping = false;
    std::thread m_thread;
};

} // namespace pilothouse::demo
