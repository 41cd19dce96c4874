// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live/SeriesWindow.h"

#include "shared/metrics/Decimate.h"

#include <algorithm>

namespace pilothouse::ui {

void SeriesWindow::apply(bool snapshot, const metrics::Matrix& update)
{
    if (snapshot) {
        m_series = update;
        index();
        return;
    }
    for (const metrics::SeriesPoints& incoming : update) {
        const auto [place, added] = m_places.try_emplace(incoming.labels, m_series.size());
        if (added) {
            m_series.push_back(incoming);
            continue;
        }
        metrics::SeriesPoints& known = m_series[place->second];
        for (std::size_t at = 0; at < incoming.times.size(); ++at) {
            const metrics::TimestampMs time = incoming.times[at];
            if (known.times.empty() || time > known.times.back()) {
                known.times.push_back(time);
                known.values.push_back(incoming.values[at]);
            } else if (time == known.times.back()) {
                known.values.back() = incoming.values[at];
            }
        }
    }
}

void SeriesWindow::trimBefore(metrics::TimestampMs begin)
{
    bool emptied = false;
    for (metrics::SeriesPoints& series : m_series) {
        // One point before the window stays, so that the line runs to its edge.
        auto first = std::ranges::lower_bound(series.times, begin);
        if (first != series.times.begin() && first != series.times.end()) {
            --first;
        }
        const auto count = first - series.times.begin();
        series.times.erase(series.times.begin(), first);
        series.values.erase(series.values.begin(), series.values.begin() + count);
        emptied = emptied || series.times.empty();
    }
    if (emptied) {
        std::erase_if(m_series, [](const auto& series) { return series.times.empty(); });
        index();
    }
}

void SeriesWindow::trimTo(std::size_t count)
{
    for (metrics::SeriesPoints& series : m_series) {
        if (series.times.size() > count) {
            const auto extra = static_cast<std::ptrdiff_t>(series.times.size() - count);
            series.times.erase(series.times.begin(), series.times.begin() + extra);
            series.values.erase(series.values.begin(), series.values.begin() + extra);
        }
    }
}

void SeriesWindow::thin(
    metrics::TimestampMs begin, metrics::TimestampMs end, std::size_t most, int kept)
{
    for (metrics::SeriesPoints& series : m_series) {
        if (series.times.size() > most) {
            series = metrics::decimate(series, std::min(begin, series.times.front()), end, kept);
        }
    }
}

void SeriesWindow::clear()
{
    m_series.clear();
    m_places.clear();
}

const metrics::SeriesPoints* SeriesWindow::find(const metrics::Labels& labels) const
{
    const auto place = m_places.find(labels);
    return place == m_places.end() ? nullptr : &m_series[place->second];
}

void SeriesWindow::index()
{
    m_places.clear();
    for (std::size_t at = 0; at < m_series.size(); ++at) {
        m_places.emplace(m_series[at].labels, at);
    }
}

} // namespace pilothouse::ui
