// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/HistogramQuantile.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/RowLabels.h"

#include <absl/container/flat_hash_map.h>
#include <absl/strings/numbers.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace pilothouse::metrics::promql {

namespace {

constexpr std::string_view kBucketLabel = "le";
/// Rounding in sums over many histograms makes counts differ by less than this share of them.
constexpr double kSmallDelta = 1e-12;

std::optional<double> upperBoundOf(const Labels& labels)
{
    const std::string_view text = labels.get(kBucketLabel);
    double bound = 0;
    if (text.empty() || !absl::SimpleAtod(std::string(text), &bound)) {
        return std::nullopt;
    }
    return bound;
}

void coalesce(std::vector<Bucket>& buckets)
{
    std::size_t last = 0;
    for (std::size_t index = 1; index < buckets.size(); ++index) {
        if (buckets[index].upperBound == buckets[last].upperBound) {
            buckets[last].count += buckets[index].count;
        } else {
            buckets[++last] = buckets[index];
        }
    }
    buckets.resize(last + 1);
}

bool almostEqual(double left, double right)
{
    if (left == right) {
        return true;
    }
    const double least = std::numeric_limits<double>::min();
    const double difference = std::abs(left - right);
    const double sum = std::abs(left) + std::abs(right);
    if (left == 0 || right == 0 || sum < least) {
        return difference < kSmallDelta * least;
    }
    return difference / std::min(sum, std::numeric_limits<double>::max()) < kSmallDelta;
}

/// Scrapes are not atomic, so a larger bucket can lag behind a smaller one.
void makeMonotonic(std::vector<Bucket>& buckets, bool ignoreSmallDeltas)
{
    double before = buckets.front().count;
    for (Bucket& bucket : buckets) {
        const bool isSame = ignoreSmallDeltas && almostEqual(before, bucket.count);
        if (isSame || bucket.count < before) {
            bucket.count = before;
        } else {
            before = bucket.count;
        }
    }
}

/// Rows of one histogram.
struct Histogram
{
    std::vector<std::pair<double, std::size_t>> bounds;
};

} // namespace

double bucketQuantile(double q, std::vector<Bucket>& buckets, bool ignoreSmallDeltas)
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    if (std::isnan(q)) {
        return nan;
    }
    if (q < 0 || q > 1) {
        return q < 0 ? -infinity : infinity;
    }
    std::stable_sort(buckets.begin(), buckets.end(), [](const Bucket& left, const Bucket& right) {
        return left.upperBound < right.upperBound;
    });
    if (buckets.back().upperBound != infinity) {
        return nan;
    }
    coalesce(buckets);
    makeMonotonic(buckets, ignoreSmallDeltas);
    if (buckets.size() < 2 || buckets.back().count == 0) {
        return nan;
    }
    double rank = q * buckets.back().count;
    // With NaN counts the search runs on to the last bucket, as upstream's does.
    const auto found =
        std::partition_point(buckets.begin(), buckets.end() - 1, [rank](const Bucket& bucket) {
            return !(bucket.count >= rank);
        });
    const auto index = static_cast<std::size_t>(found - buckets.begin());
    if (index == buckets.size() - 1) {
        return buckets[buckets.size() - 2].upperBound;
    }
    if (index == 0 && buckets[0].upperBound <= 0) {
        return buckets[0].upperBound;
    }
    double start = 0;
    const double end = buckets[index].upperBound;
    double count = buckets[index].count;
    if (index > 0) {
        start = buckets[index - 1].upperBound;
        count -= buckets[index - 1].count;
        rank -= buckets[index - 1].count;
    }
    return start + (end - start) * (rank / count);
}

absl::StatusOr<Block> histogramQuantile(
    QueryContext& context, NodePlan& plan, const Block& input, std::span<const double> quantiles)
{
    const std::vector<std::string> excluded = {std::string(kBucketLabel)};
    std::vector<Histogram> histograms;
    auto set = std::make_shared<SeriesSet>();
    absl::flat_hash_map<std::string, std::size_t> known;
    std::string key;
    for (std::size_t row = 0; row < input.rows(); ++row) {
        PH_RETURN_IF_ERROR(context.checkInterrupt());
        const auto bound = upperBoundOf(*input.series->rows[row]);
        if (!bound) {
            continue;
        }
        key.clear();
        appendExcept(key, *input.series, row, excluded);
        const auto [found, isNew] = known.try_emplace(key, histograms.size());
        if (isNew) {
            Labels labels = input.series->labels(row);
            labels.remove(kBucketLabel);
            set->add(std::move(labels));
            histograms.emplace_back();
        }
        histograms[found->second].bounds.emplace_back(*bound, row);
    }
    set->sameName = input.series->sameName;
    set->nameDropped = input.series->nameDropped;
    PH_ASSIGN_OR_RETURN(Block output, context.makeBlock(std::move(set), input.steps));
    std::vector<Bucket> buckets;
    for (std::size_t index = 0; index < histograms.size(); ++index) {
        PH_RETURN_IF_ERROR(context.checkInterrupt());
        for (std::size_t step = 0; step < input.steps; ++step) {
            buckets.clear();
            for (const auto& [bound, row] : histograms[index].bounds) {
                if (const double count = input.row(row)[step]; !isAbsent(count)) {
                    buckets.push_back({bound, count});
                }
            }
            if (!buckets.empty()) {
                output.row(index)[step] =
                    bucketQuantile(quantiles[step], buckets, context.isVersion3());
            }
        }
    }
    return dropMetricName(context, plan, std::move(output), Duplicates::PerStep);
}

} // namespace pilothouse::metrics::promql
