// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pilothouse::bench {

/// One target of the reference load: 500 series, of which 200 counters, 120 of histograms, 60
/// integer gauges, 60 noisy gauges of four decimals and 60 near-constants; about 75 bytes a line.
class ReferenceTarget
{
public:
    explicit ReferenceTarget(int index);

    int index() const { return m_index; }
    const std::string& instance() const { return m_instance; }
    /// The next second's exposition; valid until the next call.
    const std::string& body();

private:
    struct Line
    {
        std::string prefix;
        double value = 0;
    };

    std::uint64_t random();
    void advance();
    void addLine(std::string prefix, double value)
    {
        m_lines.push_back({std::move(prefix), value});
    }

    int m_index;
    std::string m_instance;
    std::uint64_t m_state;
    std::vector<Line> m_lines;
    std::string m_body;
};

} // namespace pilothouse::bench
