// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/PixelColumns.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::ui {

namespace {

/// Decimated data is unevenly spaced by up to four times its median; beyond this it is a gap.
constexpr std::int64_t kGapFactor = 6;
/// So many distances on either side say what is usual here.
constexpr std::ptrdiff_t kAround = 8;

/// Collects the points of one pixel column.
struct Column
{
    long index = std::numeric_limits<long>::min();
    QPointF least;
    QPointF greatest;

    void flushTo(ChartRun& run) const
    {
        if (index == std::numeric_limits<long>::min()) {
            return;
        }
        const bool leastFirst = least.x() <= greatest.x();
        run.push_back(leastFirst ? least : greatest);
        if (least != greatest) {
            run.push_back(leastFirst ? greatest : least);
        }
    }
    void take(long column, QPointF point, ChartRun& run)
    {
        if (column != index) {
            flushTo(run);
            index = column;
            least = greatest = point;
        } else if (point.y() < least.y()) {
            least = point;
        } else if (point.y() > greatest.y()) {
            greatest = point;
        }
    }
};

/// Whether the distance before `at` is long for its neighbourhood: history comes in coarser steps
/// than what is appended live, and neither is a gap for the other.
bool isGap(const std::vector<std::int64_t>& times, std::ptrdiff_t at)
{
    const auto count = static_cast<std::ptrdiff_t>(times.size());
    const auto step = [&](std::ptrdiff_t index) {
        return times[static_cast<std::size_t>(index)] - times[static_cast<std::size_t>(index - 1)];
    };
    std::vector<std::int64_t> steps;
    for (std::ptrdiff_t near = std::max<std::ptrdiff_t>(1, at - kAround);
         near < std::min(count, at + kAround + 1);
         ++near) {
        if (near != at) {
            steps.push_back(step(near));
        }
    }
    if (steps.empty()) {
        return false;
    }
    // The least and the greatest of an interval are close together, and far from the next ones.
    const auto upper = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() * 3 / 4);
    std::nth_element(steps.begin(), upper, steps.end());
    return step(at) > *upper * kGapFactor;
}

void bridgeNarrowest(std::vector<ChartRun>& runs)
{
    while (runs.size() > kMostRuns) {
        std::size_t narrowest = 1;
        double least = INFINITY;
        for (std::size_t at = 1; at < runs.size(); ++at) {
            const double gap = runs[at].front().x() - runs[at - 1].back().x();
            if (gap < least) {
                least = gap;
                narrowest = at;
            }
        }
        ChartRun& before = runs[narrowest - 1];
        before.insert(before.end(), runs[narrowest].begin(), runs[narrowest].end());
        runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(narrowest));
    }
}

} // namespace

std::int64_t usualStep(const std::vector<std::int64_t>& times)
{
    if (times.size() < 2) {
        return 1;
    }
    // A sample of the distances is enough and keeps this cheap for long lines.
    std::vector<std::int64_t> steps;
    const std::size_t stride = std::max<std::size_t>(1, times.size() / 64);
    for (std::size_t at = 1; at < times.size(); at += stride) {
        steps.push_back(times[at] - times[at - 1]);
    }
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
    std::nth_element(steps.begin(), middle, steps.end());
    return std::max<std::int64_t>(1, *middle);
}

std::vector<ChartRun> toPixelColumns(
    const ChartLine& line, std::int64_t from, std::int64_t to, int width)
{
    std::vector<ChartRun> runs;
    const auto& times = line.times;
    if (times.empty() || to <= from || width <= 0) {
        return runs;
    }
    auto begin = std::ranges::lower_bound(times, from);
    auto end = std::ranges::upper_bound(times, to);
    begin = begin == times.begin() ? begin : begin - 1;
    end = end == times.end() ? end : end + 1;
    const double scale = static_cast<double>(width) / static_cast<double>(to - from);
    const std::int64_t widest = usualStep(times) * kGapFactor;
    Column column;
    bool broken = true;
    std::int64_t last = 0;
    const auto finish = [&] {
        if (!runs.empty()) {
            column.flushTo(runs.back());
        }
        column = {};
    };
    for (auto time = begin; time != end; ++time) {
        const double value = line.values[static_cast<std::size_t>(time - times.begin())];
        if (!std::isfinite(value)) {
            broken = true;
            continue;
        }
        if (broken || (*time - last > widest && isGap(times, time - times.begin()))) {
            finish();
            runs.emplace_back();
            broken = false;
        }
        last = *time;
        const double x = static_cast<double>(*time - from) * scale;
        column.take(std::lround(std::floor(x)), QPointF(x, value), runs.back());
    }
    finish();
    bridgeNarrowest(runs);
    return runs;
}

std::ptrdiff_t nearestSample(const std::vector<std::int64_t>& times, std::int64_t time)
{
    if (times.empty()) {
        return -1;
    }
    const auto after = std::ranges::lower_bound(times, time);
    if (after == times.end()) {
        return static_cast<std::ptrdiff_t>(times.size()) - 1;
    }
    const std::ptrdiff_t at = after - times.begin();
    if (at > 0 && time - *(after - 1) < *after - time) {
        return at - 1;
    }
    return at;
}

double valueAt(const ChartLine& line, std::int64_t time, std::int64_t tolerance)
{
    const std::ptrdiff_t at = nearestSample(line.times, time);
    if (at < 0 || std::abs(line.times[static_cast<std::size_t>(at)] - time) > tolerance) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    return line.values[static_cast<std::size_t>(at)];
}

} // namespace pilothouse::ui
