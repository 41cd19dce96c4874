// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/metrics_storage/OpenedStore.h"

#include "tests/integration/metrics_storage/TestSeries.h"

#include <QDir>

#include <algorithm>
#include <bit>

namespace pilothouse::test {

using namespace metrics;

namespace {

constexpr TimestampMs kForever = TimestampMs(1) << 50;

} // namespace

StorageOptions quickOptions()
{
    StorageOptions options;
    options.flushInterval = absl::Milliseconds(5);
    options.syncInterval = absl::Milliseconds(20);
    options.retryInterval = absl::Milliseconds(50);
    options.logBytes = 64 << 10;
    options.segmentBytes = 64 << 10;
    return options;
}

void appendRows(Store& store, std::int64_t from, std::int64_t to)
{
    const auto group = store.group("target");
    const std::vector<Slot> slots = testSlots(*group);
    for (std::int64_t row = from; row < to; ++row) {
        group->append(rowTime(row), testRow(slots, row));
    }
}

std::map<int, SampleColumns> samplesOf(const Store& store)
{
    std::map<int, SampleColumns> result;
    const std::vector<LabelMatcher> matchers{{MatchType::Equal, "__name__", "m"}};
    const auto selected = store.select(matchers, 0, kForever);
    if (selected.ok()) {
        for (const SelectedSeries& series : *selected) {
            const int number = std::stoi(std::string(series.labels->get("series")));
            store.read(series.id, 0, kForever, result[number]);
        }
    }
    return result;
}

bool everySampleIsTrue(const std::map<int, SampleColumns>& samples)
{
    for (const auto& [series, columns] : samples) {
        if (!std::is_sorted(columns.times.begin(), columns.times.end())) {
            return false;
        }
        for (std::size_t at = 0; at < columns.size(); ++at) {
            if (isStaleMarker(columns.values[at])) {
                continue;
            }
            const std::int64_t row = (columns.times[at] - rowTime(0)) / 1000;
            if (rowTime(row) != columns.times[at] ||
                std::bit_cast<std::uint64_t>(rowValue(series, row)) !=
                    std::bit_cast<std::uint64_t>(columns.values[at])) {
                return false;
            }
        }
    }
    return true;
}

std::size_t leastSamples(const std::map<int, SampleColumns>& samples)
{
    std::size_t least = samples.size() == kTestSeries ? ~std::size_t(0) : 0;
    for (const auto& entry : samples) {
        least = std::min(least, entry.second.size());
    }
    return least;
}

QStringList filesOf(const QString& folder, const QString& pattern)
{
    QStringList result;
    for (const QString& name : QDir(folder).entryList({pattern}, QDir::Files, QDir::Name)) {
        result << folder + QLatin1Char('/') + name;
    }
    return result;
}

} // namespace pilothouse::test
