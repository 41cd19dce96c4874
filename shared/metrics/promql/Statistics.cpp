// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/Statistics.h"

#include <algorithm>
#include <limits>

namespace pilothouse::metrics::promql {

void CompensatedMean::add(double value)
{
    m_count += 1;
    if (m_count == 1) {
        m_sum.sum = value;
        return;
    }
    if (!m_isIncremental) {
        CompensatedSum next = m_sum;
        next.add(value);
        if (!std::isinf(next.sum)) {
            m_sum = next;
            return;
        }
        m_isIncremental = true;
        m_mean.sum = m_sum.sum / (m_count - 1);
        m_mean.compensation = m_sum.compensation / (m_count - 1);
    }
    const double share = (m_count - 1) / m_count;
    m_mean.sum *= share;
    m_mean.compensation *= share;
    m_mean.add(value / m_count);
}

double CompensatedMean::value() const
{
    if (m_isIncremental) {
        return m_mean.sum + m_mean.compensation;
    }
    return m_sum.sum / m_count + m_sum.compensation / m_count;
}

void IncrementalMean::add(double value)
{
    m_count += 1;
    const double mean = m_mean.sum;
    if (std::isinf(mean)) {
        const bool sameInfinity = std::isinf(value) && (mean > 0) == (value > 0);
        if (sameInfinity || std::isfinite(value)) {
            return;
        }
    }
    // Each side is divided on its own, so that the difference cannot overflow.
    const double increment = value / m_count - mean / m_count;
    if (m_compensation == Compensation::On) {
        m_mean.add(increment, Compat::Prometheus2);
    } else {
        m_mean.sum += increment;
    }
}

double IncrementalMean::value() const
{
    return m_mean.value();
}

double quantileOf(double q, std::vector<double>& values)
{
    if (values.empty() || std::isnan(q)) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (q < 0) {
        return -std::numeric_limits<double>::infinity();
    }
    if (q > 1) {
        return std::numeric_limits<double>::infinity();
    }
    std::sort(values.begin(), values.end(), [](double left, double right) {
        return std::isnan(left) ? !std::isnan(right) : left < right; // NaN first
    });
    const auto last = static_cast<double>(values.size() - 1);
    const double rank = q * last;
    const double lower = std::max(0.0, std::floor(rank));
    const double upper = std::min(last, lower + 1);
    const double weight = rank - std::floor(rank);
    return values[static_cast<std::size_t>(lower)] * (1 - weight) +
           values[static_cast<std::size_t>(upper)] * weight;
}

Line linearRegression(
    std::span<const TimestampMs> times,
    std::span<const double> values,
    TimestampMs origin,
    Compat compat)
{
    CompensatedSum sumX;
    CompensatedSum sumY;
    CompensatedSum sumXY;
    CompensatedSum sumX2;
    bool isConstant = true;
    for (std::size_t index = 0; index < values.size(); ++index) {
        isConstant = isConstant && (index == 0 || values[index] == values[0]);
        const double x = static_cast<double>(times[index] - origin) / 1e3;
        sumX.add(x, compat);
        sumY.add(values[index], compat);
        sumXY.add(x * values[index], compat);
        sumX2.add(x * x, compat);
    }
    if (isConstant) {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        return std::isinf(values[0]) ? Line{nan, nan} : Line{0, values[0]};
    }
    const auto count = static_cast<double>(values.size());
    const double x = sumX.sum + sumX.compensation;
    const double y = sumY.sum + sumY.compensation;
    const double covariance = sumXY.sum + sumXY.compensation - x * y / count;
    const double variance = sumX2.sum + sumX2.compensation - x * x / count;
    const double slope = covariance / variance;
    return {slope, y / count - slope * x / count};
}

} // namespace pilothouse::metrics::promql
