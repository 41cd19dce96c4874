// SPDX-License-Identifier: Apache-2.0
// Appends rows to a store on disk until it is killed. Each line of its output says which row is in
// the store: "ROW WALLCLOCK-MS".
#include "server/metrics/storage/MetricsStorage.h"
#include "tests/integration/metrics_storage/TestSeries.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <tuple>

using namespace pilothouse;
using namespace pilothouse::metrics;

namespace {

void say(std::int64_t row)
{
    std::printf(
        "%lld %lld\n",
        static_cast<long long>(row),
        static_cast<long long>(absl::ToUnixMillis(absl::Now())));
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 4) {
        std::fprintf(stderr, "usage: %s FOLDER FIRST-ROW COMPACT-EVERY\n", argv[0]);
        return 2;
    }
    Store store({}, systemClock());
    StorageOptions options;
    options.logBytes = 256 << 10; // many epochs in a short life
    options.segmentBytes = 256 << 10;
    MetricsStorage storage(argv[1], store, systemClock(), options);
    if (const auto status = storage.open(); !status.ok()) {
        std::fprintf(stderr, "%s\n", status.ToString().c_str());
        return 1;
    }
    const auto group = store.group("target");
    const std::vector<Slot> slots = test::testSlots(*group);
    const std::int64_t compactEvery = std::atoll(argv[3]); // rows; 0 = never
    for (std::int64_t row = std::atoll(argv[2]);; ++row) {
        group->append(test::rowTime(row), test::testRow(slots, row));
        say(row);
        if (compactEvery > 0 && row % compactEvery == 0) {
            // What is older than two seconds is promised to be kept: all rows are, by now.
            std::this_thread::sleep_for(std::chrono::milliseconds(2200));
            say(row);
            std::ignore = storage.compact();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}
