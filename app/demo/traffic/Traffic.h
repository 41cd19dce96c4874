// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/http/Asio.h"

#include <cstdint>
#include <random>

namespace pilothouse::demo {

/// Sends POST /crawl to one port at a mean rate that swells and falls by a third over ten minutes,
/// whether or not answers come (open loop), with a bounded number under way: beyond it a request is
/// dropped and counted, so that a stuck service never makes the generator grow.
class Traffic
{
public:
    struct Counts
    {
        std::uint64_t sent = 0;
        std::uint64_t failed = 0;
        std::uint64_t dropped = 0;
    };

    Traffic(asio::io_context& context, unsigned short port, double requestsPerSecond);

    void start();
    Counts counts() const { return m_counts; }

private:
    asio::awaitable<void> pace();
    asio::awaitable<void> crawl();
    int popularPage();

    asio::io_context& m_context;
    unsigned short m_port;
    double m_rate;
    int m_underWay = 0;
    Counts m_counts;
    std::mt19937 m_random{std::random_device{}()};
};

} // namespace pilothouse::demo
