// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/exposition/LineParser.h"

#include "shared/base/Utf8.h"
#include "shared/metrics/exposition/NumberText.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pilothouse::metrics {

namespace {

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}
bool isNameStart(char c)
{
    return isLetter(c) || c == ':';
}
bool isNameCharacter(char c)
{
    return isNameStart(c) || isDigit(c);
}
bool isLabelCharacter(char c)
{
    return isLetter(c) || isDigit(c);
}
bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

void skipBlanks(std::string_view& text)
{
    while (!text.empty() && isBlank(text.front())) {
        text.remove_prefix(1);
    }
}

template <typename Accept>
std::string_view takeWhile(std::string_view& text, Accept accept)
{
    std::size_t length = 0;
    while (length < text.size() && accept(text[length])) {
        ++length;
    }
    const std::string_view taken = text.substr(0, length);
    text.remove_prefix(length);
    return taken;
}

/// A stretch of the input for a message: short, and without bytes that would spoil a terminal or a
/// log.
std::string excerpt(std::string_view text)
{
    constexpr std::size_t kLength = 32;
    std::string shown;
    for (const char c : text.substr(0, kLength)) {
        shown += c >= ' ' && c <= '~' ? c : '?';
    }
    return text.size() > kLength ? shown + "..." : shown;
}

absl::Status invalid(const std::string& message)
{
    return absl::InvalidArgumentError(message);
}

std::string unescapeHelp(std::string_view text)
{
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) {
            const char next = text[at + 1];
            if (next == '\\' || next == 'n' || next == '"') {
                result += next == 'n' ? '\n' : next;
                ++at;
                continue;
            }
        }
        result += text[at];
    }
    return result;
}

std::optional<MetricType> typeOf(std::string_view word)
{
    constexpr std::array<std::pair<std::string_view, MetricType>, 9> kTypes{{
        {"counter", MetricType::Counter},
        {"gauge", MetricType::Gauge},
        {"histogram", MetricType::Histogram},
        {"summary", MetricType::Summary},
        {"untyped", MetricType::Unknown},
        {"unknown", MetricType::Unknown},
        {"info", MetricType::Info},
        {"stateset", MetricType::StateSet},
        {"gaugehistogram", MetricType::Histogram},
    }};
    const auto found = std::find_if(
        kTypes.begin(), kTypes.end(), [&](const auto& entry) { return entry.first == word; });
    return found == kTypes.end() ? std::nullopt : std::optional(found->second);
}

} // namespace

ExpositionFormat expositionFormatOf(std::string_view contentType)
{
    const std::string_view media = contentType.substr(0, contentType.find(';'));
    return media.substr(0, media.find(' ')) == "application/openmetrics-text"
               ? ExpositionFormat::OpenMetrics
               : ExpositionFormat::PrometheusText;
}

LineParser::LineParser(ExpositionFormat format, const ExpositionLimits& limits)
    : m_format(format), m_limits(limits)
{}

absl::Status LineParser::parseSample(std::string_view line, SampleLine& out)
{
    out.name = {};
    out.labels.clear();
    out.time.reset();
    m_unescaped.clear();
    std::string_view rest = line;
    skipBlanks(rest);
    if (!rest.empty() && isNameStart(rest.front())) {
        out.name = takeWhile(rest, isNameCharacter);
    } else if (rest.empty() || rest.front() != '{') {
        return invalid(fmt::format("expected a metric name, found \"{}\"", excerpt(rest)));
    }
    skipBlanks(rest);
    if (!rest.empty() && rest.front() == '{') {
        rest.remove_prefix(1);
        if (auto status = parseLabels(rest, out); !status.ok()) {
            return status;
        }
    }
    if (out.name.empty()) {
        return invalid("a sample without a metric name");
    }
    if (!rest.empty() && !isBlank(rest.front()) && rest.data() != line.data() &&
        rest.data()[-1] != '}' && !isBlank(rest.data()[-1])) {
        return invalid(fmt::format(
            "unexpected \"{}\" after the metric name {}", excerpt(rest), excerpt(out.name)));
    }
    skipBlanks(rest);
    out.prefixLength = static_cast<std::size_t>(rest.data() - line.data());
    return parseTail(rest, out.value, out.time);
}

absl::Status LineParser::parseLabels(std::string_view& text, SampleLine& out)
{
    while (true) {
        skipBlanks(text);
        if (text.empty()) {
            return invalid("the label list is not closed with }");
        }
        if (text.front() == '}') {
            text.remove_prefix(1);
            return checkLabels(out);
        }
        if (auto status = parseLabel(text, out); !status.ok()) {
            return status;
        }
        if (static_cast<std::int64_t>(out.labels.size()) > m_limits.labels) {
            return absl::ResourceExhaustedError(
                fmt::format("more than {} labels in one sample", m_limits.labels));
        }
        skipBlanks(text);
        if (!text.empty() && text.front() == ',') {
            text.remove_prefix(1);
        } else if (!text.empty() && text.front() != '}') {
            return invalid(
                fmt::format("expected , or }} after a label, found \"{}\"", excerpt(text)));
        }
    }
}

absl::Status LineParser::parseLabel(std::string_view& text, SampleLine& out)
{
    std::string_view name;
    if (text.front() == '"') { // UTF-8 names are quoted; one without a value is the metric's name
        auto quoted = takeQuoted(text, "name");
        if (!quoted.ok()) {
            return quoted.status();
        }
        skipBlanks(text);
        if (text.empty() || text.front() != '=') {
            if (!out.name.empty()) {
                return invalid("a second metric name in one sample");
            }
            out.name = *quoted;
            return quoted->empty() ? invalid("an empty metric name") : absl::OkStatus();
        }
        name = *quoted;
    } else if (isLetter(text.front())) {
        name = takeWhile(text, isLabelCharacter);
    }
    if (name.empty()) {
        return invalid(fmt::format("expected a label name, found \"{}\"", excerpt(text)));
    }
    if (static_cast<std::int64_t>(name.size()) > m_limits.labelNameLength) {
        return absl::ResourceExhaustedError(fmt::format(
            "label name of {} bytes, more than {}", name.size(), m_limits.labelNameLength));
    }
    skipBlanks(text);
    if (text.empty() || text.front() != '=') {
        return invalid(fmt::format("expected = after the label name {}", excerpt(name)));
    }
    text.remove_prefix(1);
    skipBlanks(text);
    auto value = takeQuoted(text, name);
    if (!value.ok()) {
        return value.status();
    }
    out.labels.push_back({name, *value});
    return absl::OkStatus();
}

absl::StatusOr<std::string_view> LineParser::takeQuoted(
    std::string_view& text, std::string_view what)
{
    if (text.empty() || text.front() != '"') {
        return invalid(fmt::format(
            "expected a quoted value for {}, found \"{}\"", excerpt(what), excerpt(text)));
    }
    text.remove_prefix(1);
    const std::size_t special = text.find_first_of("\"\\");
    if (special == std::string_view::npos) {
        return invalid(fmt::format("the value of {} is not closed with a quote", excerpt(what)));
    }
    std::string_view value = text.substr(0, special);
    if (text[special] == '"') {
        text.remove_prefix(special + 1);
    } else {
        std::string& unescaped = m_unescaped.emplace_back(value);
        std::size_t at = special;
        for (; at < text.size() && text[at] != '"'; ++at) {
            if (text[at] != '\\') {
                unescaped += text[at];
                continue;
            }
            if (++at == text.size()) {
                break;
            }
            if (text[at] == 'n') {
                unescaped += '\n';
            } else if (text[at] == '\\' || text[at] == '"') {
                unescaped += text[at];
            } else { // any other escape stays as it is, as in Prometheus
                unescaped += '\\';
                unescaped += text[at];
            }
        }
        if (at >= text.size()) {
            return invalid(
                fmt::format("the value of {} is not closed with a quote", excerpt(what)));
        }
        text.remove_prefix(at + 1);
        value = unescaped;
    }
    if (static_cast<std::int64_t>(value.size()) > m_limits.labelValueLength) {
        return absl::ResourceExhaustedError(fmt::format(
            "value of label {} has {} bytes, more than {}",
            excerpt(what),
            value.size(),
            m_limits.labelValueLength));
    }
    if (!isValidUtf8(value)) {
        return invalid(fmt::format("the value of {} is not valid UTF-8", excerpt(what)));
    }
    return value;
}

absl::Status LineParser::checkLabels(const SampleLine& sample) const
{
    for (std::size_t at = 0; at < sample.labels.size(); ++at) {
        if (sample.labels[at].name == "__name__") {
            return invalid("the label name __name__ is reserved for the metric's name");
        }
        for (std::size_t before = 0; before < at; ++before) {
            if (sample.labels[before].name == sample.labels[at].name) {
                return invalid(
                    fmt::format("label {} appears twice", excerpt(sample.labels[at].name)));
            }
        }
    }
    return absl::OkStatus();
}

absl::Status LineParser::parseTail(
    std::string_view text, double& value, std::optional<TimestampMs>& time) const
{
    if (text.empty()) {
        return invalid("expected a value after the series");
    }
    const auto number = takeNumber(text);
    if (!number) {
        return invalid(fmt::format("\"{}\" is not a number", excerpt(text)));
    }
    value = *number;
    skipBlanks(text);
    const auto isExemplar = [&] {
        return m_format == ExpositionFormat::OpenMetrics && !text.empty() && text.front() == '#';
    };
    if (text.empty() || isExemplar()) {
        return absl::OkStatus();
    }
    const std::string_view stamp = text.substr(0, text.find_first_of(" \t"));
    text.remove_prefix(stamp.size());
    time =
        m_format == ExpositionFormat::OpenMetrics ? parseSeconds(stamp) : parseMilliseconds(stamp);
    if (!time) {
        return invalid(fmt::format("\"{}\" is not a timestamp", excerpt(stamp)));
    }
    skipBlanks(text);
    if (!text.empty() && !isExemplar()) {
        return invalid(fmt::format("unexpected \"{}\" after the timestamp", excerpt(text)));
    }
    return absl::OkStatus();
}

absl::StatusOr<LineParser::Comment> LineParser::parseComment(
    std::string_view line, Metric& out, Field& field) const
{
    const bool isOpenMetrics = m_format == ExpositionFormat::OpenMetrics;
    if (isOpenMetrics && line == "# EOF") {
        return Comment::End;
    }
    std::string_view rest = line.substr(1);
    skipBlanks(rest);
    const std::string_view word = takeWhile(rest, [](char c) { return !isBlank(c); });
    if (word == "TYPE") {
        field = Field::Type;
    } else if (word == "HELP") {
        field = Field::Help;
    } else if (word == "UNIT" && isOpenMetrics) {
        field = Field::Unit;
    } else {
        return Comment::Other;
    }
    skipBlanks(rest);
    const std::string_view name = takeWhile(rest, [](char c) { return !isBlank(c); });
    if (name.empty()) {
        return invalid(fmt::format("# {} without a metric name", word));
    }
    if (!isValidUtf8(line)) {
        return invalid(fmt::format("the {} of {} is not valid UTF-8", word, excerpt(name)));
    }
    out = {};
    out.name = name;
    if (!rest.empty()) {
        rest.remove_prefix(1);
    }
    if (field == Field::Help) {
        out.help = unescapeHelp(rest);
        return Comment::Metadata;
    }
    skipBlanks(rest);
    const std::string_view argument = takeWhile(rest, [](char c) { return !isBlank(c); });
    if (field == Field::Unit) {
        out.unit = argument;
        return Comment::Metadata;
    }
    const auto type = typeOf(argument);
    if (!type) {
        return invalid(
            fmt::format("metric {} has the unknown type \"{}\"", excerpt(name), excerpt(argument)));
    }
    out.type = *type;
    return Comment::Metadata;
}

} // namespace pilothouse::metrics
