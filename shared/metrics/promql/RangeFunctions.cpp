// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/RangeFunctions.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/Statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::metrics::promql {

namespace {

/// The samples of one series that one step sees; never empty.
struct Window
{
    std::span<const TimestampMs> times;
    std::span<const double> values;
    TimestampMs start = 0;
    TimestampMs end = 0;
    TimestampMs evaluationTime = 0;
    double first = 0;
    double second = 0;
    Compat compat = Compat::Prometheus3;
    /// Index of the window's first sample in the series, and where in the series a counter starts
    /// anew.
    std::size_t offset = 0;
    std::span<const std::size_t> resets;
    std::span<const double> all;
    std::vector<double>* scratch = nullptr;
};

using WindowFunction = double (*)(const Window&);

double seconds(TimestampMs from, TimestampMs to)
{
    return static_cast<double>(to - from) / 1000;
}

/// Prometheus 2 first limits the start by the zero point of a counter and then looks at the
/// threshold, Prometheus 3 the other way round.
double extrapolatedSpan(const Window& window, double result, bool isCounter)
{
    const auto count = static_cast<double>(window.values.size() - 1);
    double toStart = seconds(window.start, window.times.front());
    double toEnd = seconds(window.times.back(), window.end);
    const double sampled = seconds(window.times.front(), window.times.back());
    const double average = sampled / count;
    const double threshold = average * 1.1;
    const auto limitByThreshold = [&](double distance) {
        return distance >= threshold ? average / 2 : distance;
    };
    if (window.compat == Compat::Prometheus3) {
        toStart = limitByThreshold(toStart);
    }
    if (isCounter && result > 0 && window.values.front() >= 0) {
        toStart = std::min(toStart, sampled * (window.values.front() / result));
    }
    if (window.compat == Compat::Prometheus2) {
        toStart = limitByThreshold(toStart);
    }
    toEnd = limitByThreshold(toEnd);
    return (sampled + toStart + toEnd) / sampled;
}

enum class Kind { Delta, Increase, Rate };

template <Kind kind>
double extrapolated(const Window& window)
{
    if (window.values.size() < 2) {
        return absentValue();
    }
    double result = window.values.back() - window.values.front();
    if constexpr (kind != Kind::Delta) {
        const std::size_t last = window.offset + window.values.size();
        for (auto reset =
                 std::upper_bound(window.resets.begin(), window.resets.end(), window.offset);
             reset != window.resets.end() && *reset < last;
             ++reset) {
            result += window.all[*reset - 1];
        }
    }
    double factor = extrapolatedSpan(window, result, kind != Kind::Delta);
    if constexpr (kind == Kind::Rate) {
        factor /= seconds(window.start, window.end);
    }
    return result * factor;
}

template <bool isRate>
double instantDelta(const Window& window)
{
    const std::size_t size = window.values.size();
    if (size < 2) {
        return absentValue();
    }
    const double last = window.values[size - 1];
    const double before = window.values[size - 2];
    const TimestampMs interval = window.times[size - 1] - window.times[size - 2];
    if (interval == 0) {
        return absentValue();
    }
    const double result = isRate && last < before ? last : last - before;
    return isRate ? result / (static_cast<double>(interval) / 1000) : result;
}

double sumOverTime(const Window& window)
{
    CompensatedSum sum;
    for (const double value : window.values) {
        sum.add(value);
    }
    return sum.value();
}

double avgOverTime(const Window& window)
{
    if (window.compat == Compat::Prometheus3) {
        CompensatedMean mean;
        for (const double value : window.values) {
            mean.add(value);
        }
        return mean.value();
    }
    IncrementalMean mean(IncrementalMean::Compensation::On);
    for (const double value : window.values) {
        mean.add(value);
    }
    return mean.value();
}

double minOverTime(const Window& window)
{
    double least = window.values.front();
    for (const double value : window.values) {
        least = value < least || std::isnan(least) ? value : least;
    }
    return least;
}

double maxOverTime(const Window& window)
{
    double greatest = window.values.front();
    for (const double value : window.values) {
        greatest = value > greatest || std::isnan(greatest) ? value : greatest;
    }
    return greatest;
}

double countOverTime(const Window& window)
{
    return static_cast<double>(window.values.size());
}

double lastOverTime(const Window& window)
{
    return window.values.back();
}

double presentOverTime(const Window&)
{
    return 1;
}

double stdvarOverTime(const Window& window)
{
    CompensatedSum mean;
    CompensatedSum squares;
    double count = 0;
    for (const double value : window.values) {
        count += 1;
        const double delta = value - (mean.sum + mean.compensation);
        mean.add(delta / count, window.compat);
        squares.add(delta * (value - (mean.sum + mean.compensation)), window.compat);
    }
    return (squares.sum + squares.compensation) / count;
}

double stddevOverTime(const Window& window)
{
    return std::sqrt(stdvarOverTime(window));
}

double quantileOverTime(const Window& window)
{
    window.scratch->assign(window.values.begin(), window.values.end());
    return quantileOf(window.first, *window.scratch);
}

double madOverTime(const Window& window)
{
    window.scratch->assign(window.values.begin(), window.values.end());
    const double median = quantileOf(0.5, *window.scratch);
    for (double& value : *window.scratch) {
        value = std::abs(value - median);
    }
    return quantileOf(0.5, *window.scratch);
}

double changes(const Window& window)
{
    double count = 0;
    for (std::size_t index = 1; index < window.values.size(); ++index) {
        const double before = window.values[index - 1];
        const double value = window.values[index];
        if (value != before && !(std::isnan(value) && std::isnan(before))) {
            count += 1;
        }
    }
    return count;
}

double resets(const Window& window)
{
    double count = 0;
    for (std::size_t index = 1; index < window.values.size(); ++index) {
        if (window.values[index] < window.values[index - 1]) {
            count += 1;
        }
    }
    return count;
}

double deriv(const Window& window)
{
    if (window.values.size() < 2) {
        return absentValue();
    }
    return linearRegression(window.times, window.values, window.times.front(), window.compat).slope;
}

double predictLinear(const Window& window)
{
    if (window.values.size() < 2) {
        return absentValue();
    }
    const Line line =
        linearRegression(window.times, window.values, window.evaluationTime, window.compat);
    return line.slope * window.first + line.intercept;
}

double holtWinters(const Window& window)
{
    const std::size_t size = window.values.size();
    if (size < 2) {
        return absentValue();
    }
    const double smoothing = window.first;
    const double trendFactor = window.second;
    double before = 0;
    double smoothed = window.values[0];
    double trend = window.values[1] - window.values[0];
    for (std::size_t index = 1; index < size; ++index) {
        const double scaled = smoothing * window.values[index];
        if (index > 1) {
            trend = trendFactor * (smoothed - before) + (1 - trendFactor) * trend;
        }
        const double rest = (1 - smoothing) * (smoothed + trend);
        before = smoothed;
        smoothed = scaled + rest;
    }
    return smoothed;
}

WindowFunction windowFunction(FunctionId function)
{
    switch (function) {
    case FunctionId::Rate:
        return extrapolated<Kind::Rate>;
    case FunctionId::Increase:
        return extrapolated<Kind::Increase>;
    case FunctionId::Delta:
        return extrapolated<Kind::Delta>;
    case FunctionId::IRate:
        return instantDelta<true>;
    case FunctionId::IDelta:
        return instantDelta<false>;
    case FunctionId::SumOverTime:
        return sumOverTime;
    case FunctionId::AvgOverTime:
        return avgOverTime;
    case FunctionId::MinOverTime:
        return minOverTime;
    case FunctionId::MaxOverTime:
        return maxOverTime;
    case FunctionId::CountOverTime:
        return countOverTime;
    case FunctionId::LastOverTime:
        return lastOverTime;
    case FunctionId::PresentOverTime:
    case FunctionId::AbsentOverTime:
        return presentOverTime;
    case FunctionId::StddevOverTime:
        return stddevOverTime;
    case FunctionId::StdvarOverTime:
        return stdvarOverTime;
    case FunctionId::QuantileOverTime:
        return quantileOverTime;
    case FunctionId::MadOverTime:
        return madOverTime;
    case FunctionId::Changes:
        return changes;
    case FunctionId::Resets:
        return resets;
    case FunctionId::Deriv:
        return deriv;
    case FunctionId::PredictLinear:
        return predictLinear;
    case FunctionId::HoltWinters:
        return holtWinters;
    default:
        return nullptr;
    }
}

absl::Status checkSmoothing(const Window& window)
{
    const auto check = [](double factor, std::string_view name) {
        if (factor <= 0 || factor >= 1) {
            return absl::FailedPreconditionError(fmt::format(
                "invalid {} factor. Expected: 0 < {}f < 1, got: {:f}", name, name[0], factor));
        }
        return absl::OkStatus();
    };
    PH_RETURN_IF_ERROR(check(window.first, "smoothing"));
    return check(window.second, "trend");
}

/// Greatest (or least) value of every window in one pass: `queue` holds the indexes of the samples
/// that can still become the extreme, best first. NaN counts only where a window has nothing else.
template <typename Better>
void slidingExtreme(
    const RangeCall& call, const SampleColumns& samples, std::span<double> out, Better better)
{
    std::vector<std::size_t> queue;
    std::size_t front = 0;
    std::size_t low = 0;
    std::size_t high = 0;
    for (std::size_t step = 0; step < out.size(); ++step) {
        const TimestampMs end = call.ends.at(step);
        const TimestampMs start = end - call.rangeMs + (call.isVersion3 ? 1 : 0);
        for (; high < samples.size() && samples.times[high] <= end; ++high) {
            const double value = samples.values[high];
            if (std::isnan(value)) {
                continue;
            }
            while (queue.size() > front && better(value, samples.values[queue.back()])) {
                queue.pop_back();
            }
            queue.push_back(high);
        }
        while (low < high && samples.times[low] < start) {
            ++low;
        }
        while (front < queue.size() && queue[front] < low) {
            ++front;
        }
        if (front < queue.size()) {
            out[step] = samples.values[queue[front]];
        } else if (low < high) {
            out[step] = samples.values[low];
        }
    }
}

std::vector<std::size_t> counterResets(const std::vector<double>& values)
{
    std::vector<std::size_t> found;
    for (std::size_t index = 1; index < values.size(); ++index) {
        if (values[index] < values[index - 1]) {
            found.push_back(index);
        }
    }
    return found;
}

} // namespace

bool isRangeFunction(FunctionId function)
{
    return windowFunction(function) != nullptr;
}

absl::Status evaluateWindows(
    QueryContext& context,
    const RangeCall& call,
    const SampleColumns& samples,
    std::span<double> out)
{
    if (out.size() > 1 && call.function == FunctionId::MaxOverTime) {
        slidingExtreme(call, samples, out, [](double left, double right) { return left > right; });
        return absl::OkStatus();
    }
    if (out.size() > 1 && call.function == FunctionId::MinOverTime) {
        slidingExtreme(call, samples, out, [](double left, double right) { return left < right; });
        return absl::OkStatus();
    }
    const WindowFunction function = windowFunction(call.function);
    const bool isCounter =
        call.function == FunctionId::Rate || call.function == FunctionId::Increase;
    std::vector<std::size_t> resetPlaces;
    if (isCounter) {
        resetPlaces = counterResets(samples.values);
    }
    std::vector<double> scratch;
    std::size_t low = 0;
    std::size_t high = 0;
    for (std::size_t step = 0; step < out.size(); ++step) {
        Window window;
        window.end = call.ends.at(step);
        window.start = window.end - call.rangeMs;
        const TimestampMs least = window.start + (call.isVersion3 ? 1 : 0);
        while (high < samples.size() && samples.times[high] <= window.end) {
            ++high;
        }
        while (low < high && samples.times[low] < least) {
            ++low;
        }
        PH_RETURN_IF_ERROR(context.checkInterrupt(high - low));
        if (low == high) {
            continue;
        }
        window.times = std::span(samples.times).subspan(low, high - low);
        window.values = std::span(samples.values).subspan(low, high - low);
        window.evaluationTime = call.steps.at(step);
        window.first = call.scalars.empty() ? 0 : call.scalars[0][step];
        window.second = call.scalars.size() < 2 ? 0 : call.scalars[1][step];
        window.compat = call.isVersion3 ? Compat::Prometheus3 : Compat::Prometheus2;
        window.offset = low;
        window.resets = resetPlaces;
        window.all = samples.values;
        window.scratch = &scratch;
        if (call.function == FunctionId::HoltWinters) {
            PH_RETURN_IF_ERROR(checkSmoothing(window));
        }
        out[step] = function(window);
    }
    return absl::OkStatus();
}

} // namespace pilothouse::metrics::promql
