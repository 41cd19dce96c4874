// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pilothouse/v1/services.grpc.pb.h>

#include <chrono>
#include <string>
#include <vector>

namespace pilothouse::bench {

/// Ten instances, each working on a few calls at once and letting the others wait, the first ten
/// times slower; and a fixed number of callers, each of which asks the server's Resolve where to
/// send its next call, sends it there, and tells with the next question how it went. The instances
/// are timers in this process, so that their own CPU does not blur what is measured; every question
/// is a real call.
class Workload
{
public:
    struct Options
    {
        int instances = 10;
        int atOnce = 4;
        int callers = 64;
        std::chrono::microseconds usual{5000};
        int slowFactor = 10;
        /// Not measured: the strategies learn.
        std::chrono::seconds warmUp{2};
        std::chrono::seconds measured{8};
    };
    struct Result
    {
        /// Of a call with its question, in milliseconds.
        double p50 = 0;
        double p99 = 0;
        /// Of the question alone, in microseconds.
        double resolveP50 = 0;
        double callsPerSecond = 0;
        double shareOfSlow = 0;
        bool isComplete = false;
    };

    explicit Workload(v1::RegistryService::Stub& stub) : m_stub(stub) {}

    /// Under a service name of its own, so that one run knows nothing of another.
    Result run(v1::BalancingStrategy strategy, const Options& options);

private:
    bool enroll(const std::string& service, int instances);

    v1::RegistryService::Stub& m_stub;
};

} // namespace pilothouse::bench
