// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/bench/metrics_store/ReferenceTarget.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace pilothouse::bench {

/// Serves the reference targets: target N answers on 127.0.1.N, all on one port. A page is made
/// once a second, so that everybody who scrapes meanwhile reads the same one. One thread, no
/// limits: for benchmarks.
class TargetServer
{
public:
    explicit TargetServer(int targets);
    ~TargetServer();
    TargetServer(const TargetServer&) = delete;
    TargetServer& operator=(const TargetServer&) = delete;

    int port() const { return m_port; }
    /// Never returns.
    [[noreturn]] void serve();

private:
    struct Page
    {
        std::unique_ptr<ReferenceTarget> target;
        std::int64_t second = -1;
        std::string answer;
    };
    struct Connection
    {
        int descriptor = -1;
        std::size_t target = 0;
        std::string request;
        std::string unsent;
    };

    void accept();
    bool readFrom(Connection& connection);
    bool writeTo(Connection& connection);
    const std::string& page(std::size_t target);

    int m_listener = -1;
    int m_poll = -1;
    int m_port = 0;
    std::vector<Page> m_pages;
    /// By descriptor.
    std::vector<std::unique_ptr<Connection>> m_connections;
};

} // namespace pilothouse::bench
