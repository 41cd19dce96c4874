// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Sample.h"
#include "shared/metrics/promql/Compat.h"

#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace pilothouse::metrics::promql {

/// Kahan's summation with Neumaier's improvement, in the exact order of operations of Prometheus.
/// After an infinity version 2 has NaN as compensation, version 3 none.
struct CompensatedSum
{
    double sum = 0;
    double compensation = 0;

    void add(double increment, Compat compat = Compat::Prometheus3)
    {
        const double total = sum + increment;
        if (std::isinf(total) && compat == Compat::Prometheus3) {
            compensation = 0;
        } else if (std::abs(sum) >= std::abs(increment)) {
            compensation += (sum - total) + increment;
        } else {
            compensation += (increment - total) + sum;
        }
        sum = total;
    }
    double value() const { return std::isinf(sum) ? sum : sum + compensation; }
};

/// The mean as Prometheus 3 computes it: a compensated sum, and an incremental mean once that
/// overflows.
class CompensatedMean
{
public:
    void add(double value);
    double value() const;

private:
    CompensatedSum m_sum;
    CompensatedSum m_mean;
    double m_count = 0;
    bool m_isIncremental = false;
};

/// The incremental mean of Prometheus 2; infinities of one sign stay.
class IncrementalMean
{
public:
    enum class Compensation { Off, On };
    explicit IncrementalMean(Compensation compensation = Compensation::Off)
        : m_compensation(compensation)
    {}
    void add(double value);
    double value() const;

private:
    Compensation m_compensation;
    CompensatedSum m_mean;
    double m_count = 0;
};

/// Sorts `values`. NaN of an empty list or a NaN q; -Inf below 0 and +Inf above 1; else
/// interpolated.
double quantileOf(double q, std::vector<double>& values);

struct Line
{
    double slope = 0;
    double intercept = 0;
};

/// Least squares; the intercept is at `origin`. At least one sample.
Line linearRegression(
    std::span<const TimestampMs> times,
    std::span<const double> values,
    TimestampMs origin,
    Compat compat);

} // namespace pilothouse::metrics::promql
