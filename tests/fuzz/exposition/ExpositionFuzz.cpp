// SPDX-License-Identifier: Apache-2.0
// Any bytes, in any split, in both formats: no crash, no slot that was not given out, and the
// second pass over the same body (from memory) says what the first one said.
#include "shared/metrics/exposition/ScrapeParser.h"

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

using namespace pilothouse::metrics;

namespace {

struct Outcome
{
    bool isGood = false;
    std::vector<std::pair<Slot, std::uint64_t>> values;

    bool operator==(const Outcome&) const = default;
};

Outcome parseSplit(
    ScrapeParser& parser,
    std::map<Labels, Slot>& slots,
    std::string_view body,
    std::size_t split,
    ExpositionFormat format)
{
    parser.begin(format);
    Outcome outcome;
    if (!parser.feed(body.substr(0, split)).ok() || !parser.feed(body.substr(split)).ok()) {
        return outcome;
    }
    const auto scrape = parser.finish([&](const Labels& labels) {
        return slots.try_emplace(labels, Slot(slots.size())).first->second;
    });
    outcome.isGood = scrape.ok();
    if (scrape.ok()) {
        for (const SlotValue& value : scrape->values) {
            if (value.slot >= slots.size()) {
                std::abort();
            }
            outcome.values.emplace_back(value.slot, std::bit_cast<std::uint64_t>(value.value));
        }
    }
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    ExpositionLimits limits;
    limits.samples = 1000;
    limits.labelValueLength = 512;
    for (const auto format : {ExpositionFormat::PrometheusText, ExpositionFormat::OpenMetrics}) {
        std::map<Labels, Slot> slots;
        ScrapeParser parser(limits);
        const Outcome first = parseSplit(parser, slots, body, size / 2, format);
        const Outcome second = parseSplit(parser, slots, body, size / 3, format);
        if (first != second) {
            std::abort();
        }
    }
    return 0;
}
