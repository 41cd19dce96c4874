// SPDX-License-Identifier: Apache-2.0
// Any text: it is refused, or it prints to a form that reads back the same and evaluates within its
// limits.
#include "shared/metrics/promql/Engine.h"
#include "shared/metrics/promql/Parser.h"
#include "shared/metrics/promql/Printer.h"
#include "shared/metrics/promql/RecordedSource.h"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

namespace {

using namespace pilothouse;
using metrics::promql::Compat;

metrics::promql::RecordedSource smallSource()
{
    metrics::promql::RecordedSource source;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    for (const char* name : {"up", "requests_total", "b"}) {
        for (const char* le : {"1", "2", "+Inf"}) {
            const metrics::Labels labels{{"__name__", name}, {"job", "j"}, {"le", le}};
            double value = 0;
            for (int second = 0; second < 60; second += 5) {
                const bool isOdd = second % 15 == 0;
                value = second == 30 ? 0 : value + le[0];
                source.append(
                    labels,
                    {metrics::TimestampMs{second} * 1000, isOdd && le[0] == '2' ? nan : value});
            }
            source.append(labels, {61000, le[0] == '1' ? metrics::staleMarker() : infinity});
        }
    }
    return source;
}

void evaluate(const std::string& text, Compat compat)
{
    static const auto source = smallSource();
    const auto expr = metrics::promql::parse(text, compat);
    if (!expr.ok()) {
        return;
    }
    const std::string printed = metrics::promql::print(**expr);
    const auto again = metrics::promql::parse(printed, compat);
    if (!again.ok() || metrics::promql::print(**again) != printed) {
        std::abort();
    }
    metrics::promql::EngineOptions options;
    options.compat = compat;
    options.maxSamples = 5000;
    options.timeout = absl::Milliseconds(200);
    const metrics::promql::Engine engine(options);
    static_cast<void>(engine.instant(**expr, source, 59000));
    static_cast<void>(engine.range(**expr, source, {0, 90000, 7000}));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string text(data, data + size);
    evaluate(text, Compat::Prometheus2);
    evaluate(text, Compat::Prometheus3);
    return 0;
}
