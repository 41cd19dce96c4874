// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/live/LiveHistory.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::metrics {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
/// Dropped steps are cut off when they are this share of a column: amortised, not each second.
constexpr std::size_t kCutShare = 4;

} // namespace

LiveHistory::LiveHistory(TimestampMs step) : m_step(step) {}

TimestampMs LiveHistory::last() const
{
    return m_first + static_cast<TimestampMs>(m_steps - 1) * m_step;
}

void LiveHistory::clear()
{
    m_steps = 0;
    m_dropped = 0;
    m_columns.clear();
    m_columnOf.clear();
}

std::size_t LiveHistory::indexOf(TimestampMs time) const
{
    return static_cast<std::size_t>((time - m_first) / m_step);
}

void LiveHistory::addSteps(std::size_t count)
{
    m_steps += count;
    for (Column& column : m_columns) {
        column.values.resize(m_dropped + m_steps, kNothing);
    }
}

void LiveHistory::append(TimestampMs from, TimestampMs to, const Matrix& answer)
{
    if (empty()) {
        m_first = from;
    }
    const TimestampMs begin = empty() ? from : last() + m_step;
    if (to < begin) {
        return;
    }
    addSteps(static_cast<std::size_t>((to - begin) / m_step) + 1);
    for (const SeriesPoints& series : answer) {
        const auto [found, isNew] = m_columnOf.try_emplace(series.labels, m_columns.size());
        if (isNew) {
            m_columns.push_back(
                {.labels = series.labels,
                 .values = std::vector<double>(m_dropped + m_steps, kNothing)});
        }
        std::vector<double>& values = m_columns[found->second].values;
        for (std::size_t at = 0; at < series.times.size(); ++at) {
            const TimestampMs time = series.times[at];
            if (time >= begin && time <= to) {
                values[m_dropped + indexOf(time)] = series.values[at];
            }
        }
    }
}

void LiveHistory::dropBefore(TimestampMs time)
{
    if (empty() || time <= m_first) {
        return;
    }
    if (time > last()) {
        clear();
        return;
    }
    const auto count = static_cast<std::size_t>((time - m_first + m_step - 1) / m_step);
    m_first += static_cast<TimestampMs>(count) * m_step;
    m_steps -= count;
    m_dropped += count;
    if (m_dropped * kCutShare < m_steps) {
        return;
    }
    for (Column& column : m_columns) {
        column.values.erase(
            column.values.begin(), column.values.begin() + static_cast<std::ptrdiff_t>(m_dropped));
    }
    m_dropped = 0;
    removeEmptyColumns();
}

void LiveHistory::removeEmptyColumns()
{
    const auto isEmpty = [](const Column& column) {
        return std::all_of(column.values.begin(), column.values.end(), [](double value) {
            return std::isnan(value);
        });
    };
    if (std::erase_if(m_columns, isEmpty) == 0) {
        return;
    }
    m_columnOf.clear();
    for (std::size_t at = 0; at < m_columns.size(); ++at) {
        m_columnOf.emplace(m_columns[at].labels, at);
    }
}

Matrix LiveHistory::since(TimestampMs after) const
{
    Matrix matrix;
    if (empty() || after >= last()) {
        return matrix;
    }
    const std::size_t begin = after < m_first ? 0 : indexOf(after) + 1;
    for (const Column& column : m_columns) {
        const double* values = column.values.data() + m_dropped;
        SeriesPoints series;
        bool hasBefore = begin > 0 && !std::isnan(values[begin - 1]);
        for (std::size_t at = begin; at < m_steps; ++at) {
            const bool isThere = !std::isnan(values[at]);
            if (isThere || hasBefore) {
                series.times.push_back(m_first + static_cast<TimestampMs>(at) * m_step);
                series.values.push_back(values[at]);
            }
            hasBefore = isThere;
        }
        if (!series.times.empty()) {
            series.labels = column.labels;
            matrix.push_back(std::move(series));
        }
    }
    return matrix;
}

} // namespace pilothouse::metrics
