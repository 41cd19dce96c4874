// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace pilothouse::test {

/// A tiny HTTP/1.1 server on loopback that answers every request with its name, after some
/// milliseconds when it is for /slow/MILLISECONDS; a thread a connection.
class SideServer
{
public:
    /// `port` 0 = any free one.
    explicit SideServer(std::string name, int port = 0);
    ~SideServer();
    SideServer(const SideServer&) = delete;
    SideServer& operator=(const SideServer&) = delete;

    int port() const { return m_port; }
    /// Of a thousand answers to /, so many are 500.
    void setErrorsPerMille(int errors) { m_errors.store(errors); }
    /// Each answer to / waits so long.
    void setDelayMs(int delay) { m_delay.store(delay); }

private:
    void accept();
    void serve(int connection);

    const std::string m_name;
    int m_listener = -1;
    int m_port = 0;
    std::atomic<int> m_errors{0};
    std::atomic<int> m_delay{0};
    std::atomic<unsigned> m_requests{0};
    std::atomic<bool> m_isStopping{false};
    std::mutex m_mutex;
    std::vector<int> m_connections;
    std::vector<std::thread> m_threads;
    std::thread m_accepting;
};

/// A port on loopback that is free now.
int freePort();
/// The first of so many that are, one after the other.
int freePorts(int count);

} // namespace pilothouse::test
