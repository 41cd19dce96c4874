// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pilothouse/v1/system.grpc.pb.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace pilothouse::bench {

/// GetHealth over a few connections with a fixed number of calls under way on each.
class ClosedLoop
{
public:
    ClosedLoop(const std::string& address, const std::string& caPem, const std::string& token);

    struct Outcome
    {
        double callsPerSecond = 0;
        std::int64_t calls = 0;
        std::int64_t failures = 0;
    };
    Outcome run(std::chrono::milliseconds time);

private:
    std::vector<std::unique_ptr<v1::SystemService::Stub>> m_stubs;
    const std::string m_token;
};

} // namespace pilothouse::bench
