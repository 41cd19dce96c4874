// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace pilothouse::metrics {

/// Builds a Prometheus text page. The collectors speak the same language as any target, so that
/// what they say takes the one way into the store that everything takes: parser, limits, staleness.
class ExpositionWriter
{
public:
    using Label = std::pair<std::string_view, std::string_view>;
    using LabelList = std::initializer_list<Label>;

    /// Begins a metric family; its samples follow. `help` is one line.
    void counter(std::string_view name, std::string_view help);
    void gauge(std::string_view name, std::string_view help);

    void sample(std::string_view name, double value) { sample(name, {}, value); }
    void sample(std::string_view name, LabelList labels, double value);
    /// One family of one sample.
    void counter(std::string_view name, std::string_view help, double value);
    void gauge(std::string_view name, std::string_view help, double value);

    /// A page that was made elsewhere; ends with a line feed.
    void append(std::string_view page) { m_text += page; }

    const std::string& text() const { return m_text; }
    std::string take() { return std::move(m_text); }

private:
    void family(std::string_view name, std::string_view type, std::string_view help);

    std::string m_text;
};

} // namespace pilothouse::metrics
