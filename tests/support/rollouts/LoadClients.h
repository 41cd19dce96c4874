// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace pilothouse::test {

/// Clients that ask one port over and over, each on a connection that is kept, and remember what
/// went wrong. A connection that breaks, an answer that is not 200, and an answer of a side that
/// must not answer any more are told apart.
class LoadClients
{
public:
    using Clock = std::chrono::steady_clock;

    struct Counts
    {
        std::int64_t requests = 0;
        std::int64_t failed = 0;
        /// Begun after `expect` and answered by another side.
        std::int64_t stale = 0;
        std::map<std::string, std::int64_t> bySide;
    };

    LoadClients(int port, int clients, std::chrono::microseconds pause = {});
    ~LoadClients();
    LoadClients(const LoadClients&) = delete;
    LoadClients& operator=(const LoadClients&) = delete;

    /// Requests that begin from now on must be answered by this side; "" = by any.
    void expect(const std::string& side);
    Counts counts() const;
    /// When the side answered last.
    Clock::time_point lastAnswerOf(const std::string& side) const;
    /// When the side answered first since `watchFor` was called; the epoch: not yet.
    Clock::time_point firstAnswer() const;
    void watchFor(const std::string& side);

private:
    void run();
    void count(const std::string& side, bool isGood, std::uint64_t expectation);

    const int m_port;
    const std::chrono::microseconds m_pause;
    std::atomic<bool> m_isStopping{false};
    std::atomic<std::uint64_t> m_expectation{0};
    mutable std::mutex m_mutex;
    std::string m_expected;
    Counts m_counts;
    std::map<std::string, Clock::time_point> m_last;
    std::string m_watched;
    Clock::time_point m_first;
    std::vector<std::thread> m_threads;
};

} // namespace pilothouse::test
