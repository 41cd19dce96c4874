// SPDX-License-Identifier: Apache-2.0
#include "server/platform/rpc/CallMetrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>

#include <algorithm>
#include <array>

namespace pilothouse::rpc {

namespace {

constexpr int kCodes = 17;

class MethodMetrics final : public CallObserver
{
public:
    MethodMetrics(
        prometheus::Family<prometheus::Counter>& calls,
        prometheus::Family<prometheus::Histogram>& durations,
        const std::string& method,
        bool stream)
        : m_calls(calls), m_method(method)
    {
        if (!stream) {
            m_duration = &durations.Add(
                {{"method", method}},
                prometheus::Histogram::BucketBoundaries{
                    0.0001,
                    0.00025,
                    0.0005,
                    0.001,
                    0.0025,
                    0.005,
                    0.01,
                    0.025,
                    0.05,
                    0.1,
                    0.25,
                    0.5,
                    1,
                    2.5,
                    5,
                    10});
        }
        m_counters[0] = &calls.Add({{"method", method}, {"code", "OK"}});
    }

    void finished(absl::StatusCode code, absl::Duration took) override
    {
        auto& slot = m_counters.at(
            static_cast<std::size_t>(std::clamp(static_cast<int>(code), 0, kCodes - 1)));
        prometheus::Counter* counter = slot.load(std::memory_order_acquire);
        if (counter == nullptr) {
            // Add answers the same counter to everyone who asks at once.
            counter =
                &m_calls.Add({{"method", m_method}, {"code", absl::StatusCodeToString(code)}});
            slot.store(counter, std::memory_order_release);
        }
        counter->Increment();
        if (m_duration != nullptr) {
            m_duration->Observe(absl::ToDoubleSeconds(took));
        }
    }

private:
    prometheus::Family<prometheus::Counter>& m_calls;
    const std::string m_method;
    prometheus::Histogram* m_duration = nullptr;
    std::array<std::atomic<prometheus::Counter*>, kCodes> m_counters{};
};

} // namespace

ObserveMethod callMetrics(prometheus::Registry& registry)
{
    auto& calls = prometheus::BuildCounter()
                      .Name("pilothouse_rpc_calls_total")
                      .Help("gRPC calls finished, by method and status code.")
                      .Register(registry);
    auto& durations = prometheus::BuildHistogram()
                          .Name("pilothouse_rpc_duration_seconds")
                          .Help("Time from admission to answer of unary gRPC calls.")
                          .Register(registry);
    return [&calls,
            &durations](const std::string& method, bool stream) -> std::unique_ptr<CallObserver> {
        return std::make_unique<MethodMetrics>(calls, durations, method, stream);
    };
}

} // namespace pilothouse::rpc
