// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/RowLabels.h"

#include "shared/base/StatusHelpers.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>

namespace pilothouse::metrics::promql {

namespace {

/// Cannot occur in UTF-8, so it separates names and values without ambiguity.
constexpr char kSeparator = '\xff';

void appendPair(std::string& key, const Labels::Pair& pair)
{
    key += pair.first;
    key += kSeparator;
    key += pair.second;
    key += kSeparator;
}

bool hasAnySample(const Block& block, std::size_t row)
{
    const double* const cells = block.row(row);
    return std::any_of(cells, cells + block.steps, [](double cell) { return !isAbsent(cell); });
}

/// Moves the samples of row `from` into row `to`.
absl::Status mergeRow(Block& block, std::size_t to, std::size_t from, Duplicates duplicates)
{
    if (duplicates == Duplicates::PerSeries && hasAnySample(block, to) &&
        hasAnySample(block, from)) {
        return duplicateLabelSet();
    }
    double* const target = block.row(to);
    const double* const source = block.row(from);
    for (std::size_t step = 0; step < block.steps; ++step) {
        if (isAbsent(source[step])) {
            continue;
        }
        if (!isAbsent(target[step])) {
            return duplicateLabelSet();
        }
        target[step] = source[step];
    }
    return absl::OkStatus();
}

void moveRow(Block& block, std::size_t to, std::size_t from)
{
    if (to != from) {
        std::copy_n(block.row(from), block.steps, block.row(to));
    }
}

} // namespace

absl::Status duplicateLabelSet()
{
    return absl::FailedPreconditionError("vector cannot contain metrics with the same labelset");
}

void appendOnly(
    std::string& key, const SeriesSet& set, std::size_t row, std::span<const std::string> names)
{
    auto name = names.begin();
    for (const Labels::Pair& pair : set.rows[row]->pairs()) {
        while (name != names.end() && *name < pair.first) {
            ++name;
        }
        if (name == names.end()) {
            return;
        }
        if (*name == pair.first && set.counts(pair)) {
            appendPair(key, pair);
        }
    }
}

void appendExcept(
    std::string& key, const SeriesSet& set, std::size_t row, std::span<const std::string> names)
{
    auto name = names.begin();
    for (const Labels::Pair& pair : set.rows[row]->pairs()) {
        while (name != names.end() && *name < pair.first) {
            ++name;
        }
        const bool isExcluded = name != names.end() && *name == pair.first;
        if (!isExcluded && set.counts(pair)) {
            appendPair(key, pair);
        }
    }
}

absl::StatusOr<Block> mergeEqualRows(QueryContext& context, Block block, Duplicates duplicates)
{
    absl::flat_hash_map<std::string, std::size_t> seen;
    seen.reserve(block.rows());
    auto merged = std::make_shared<SeriesSet>();
    merged->nameDropped = block.series->nameDropped;
    merged->sameName = block.series->sameName || block.series->nameDropped;
    merged->keepAlive = {block.series};
    std::string key;
    for (std::size_t row = 0; row < block.rows(); ++row) {
        PH_RETURN_IF_ERROR(context.checkInterrupt());
        key.clear();
        appendExcept(key, *block.series, row, {});
        const auto [found, isNew] = seen.try_emplace(key, merged->size());
        if (isNew) {
            moveRow(block, merged->size(), row);
            merged->rows.push_back(block.series->rows[row]);
        } else {
            PH_RETURN_IF_ERROR(mergeRow(block, found->second, row, duplicates));
        }
    }
    if (merged->size() < block.rows()) {
        block.values.resize(merged->size() * block.steps);
        block.series = std::move(merged);
    }
    return block;
}

absl::StatusOr<Block> dropMetricName(
    QueryContext& context, NodePlan& plan, Block block, Duplicates duplicates)
{
    if (block.series->nameDropped) {
        return block;
    }
    if (!plan.isFor(block.series)) {
        auto dropped = std::make_shared<SeriesSet>();
        dropped->rows = block.series->rows;
        dropped->nameDropped = true;
        dropped->sameName = block.series->sameName;
        dropped->keepAlive = {block.series};
        plan.input = block.series;
        plan.secondInput = nullptr;
        plan.output = std::move(dropped);
    }
    const bool mayCollide = !block.series->sameName;
    block.series = plan.output;
    if (mayCollide) {
        return mergeEqualRows(context, std::move(block), duplicates);
    }
    return block;
}

} // namespace pilothouse::metrics::promql
