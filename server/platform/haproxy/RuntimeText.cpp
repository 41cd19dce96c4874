// SPDX-License-Identifier: Apache-2.0
#include "server/platform/haproxy/RuntimeText.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

namespace pilothouse::haproxy {

namespace {

constexpr std::size_t kShownInMessage = 60;

bool isBlank(char character)
{
    return character == ' ' || (character >= '\t' && character <= '\r');
}

bool isGraphic(char character)
{
    return character > ' ' && character < '\x7f';
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

std::string cut(std::string_view text)
{
    std::string shown(text.substr(0, kShownInMessage));
    for (char& character : shown) {
        if (!isGraphic(character) && character != ' ') {
            character = '?';
        }
    }
    return shown;
}

absl::Status notAnswer(std::string_view what, std::string_view line)
{
    return absl::DataLossError(
        fmt::format("HAProxy's answer is not a {}: '{}'", std::string(what), cut(line)));
}

/// The first word and the rest of a line, without blanks around them.
MapEntry entryOf(std::string_view line)
{
    line = trimmed(line);
    const auto blank = std::ranges::find_if(line, isBlank);
    const auto length = static_cast<std::size_t>(blank - line.begin());
    return {std::string(line.substr(0, length)), std::string(trimmed(line.substr(length)))};
}

bool saysNothing(std::string_view line)
{
    const std::string_view text = trimmed(line);
    return text.empty() || text.front() == '#';
}

absl::Status tooMany(const char* what)
{
    return absl::ResourceExhaustedError(fmt::format("HAProxy shows too many {}", what));
}

/// Which field of a row is what; from the header line.
using Columns = std::map<std::string_view, std::size_t>;

class Fields
{
public:
    Fields(const Columns& columns, const std::vector<std::string_view>& values)
        : m_columns(columns), m_values(values)
    {}
    std::string text(std::string_view name) const { return std::string(find(name)); }
    /// 0 when the field is empty or there is none: what HAProxy does not count.
    std::int64_t number(std::string_view name) const
    {
        std::int64_t value = 0;
        return parseNumber(find(name), value) ? std::max<std::int64_t>(value, 0) : 0;
    }

private:
    std::string_view find(std::string_view name) const
    {
        const auto column = m_columns.find(name);
        return column != m_columns.end() && column->second < m_values.size()
                   ? m_values[column->second]
                   : std::string_view();
    }

    const Columns& m_columns;
    const std::vector<std::string_view>& m_values;
};

/// Saturating: the counters come from outside.
std::int64_t sumOf(const Fields& fields, const auto& names)
{
    std::int64_t sum = 0;
    for (const std::string_view name : names) {
        const std::int64_t value = fields.number(name);
        sum = value > INT64_MAX - sum ? INT64_MAX : sum + value;
    }
    return sum;
}

StatRow rowOf(const Fields& fields)
{
    constexpr std::array<std::string_view, 6> kResponses = {
        "hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx", "hrsp_other"};
    StatRow row;
    row.proxy = fields.text("pxname");
    row.server = fields.text("svname");
    row.status = fields.text("status");
    row.address = fields.text("addr");
    row.current = fields.number("scur");
    row.queued = fields.number("qcur");
    row.responses2xx = fields.number("hrsp_2xx");
    row.responses = sumOf(fields, kResponses);
    row.responses4xx = fields.number("hrsp_4xx");
    row.responses5xx = fields.number("hrsp_5xx");
    row.timesDown = fields.number("chkdown");
    row.isBackup = row.isServer() && fields.number("bck") > 0;
    return row;
}

} // namespace

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && isBlank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && isBlank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

bool parseNumber(std::string_view text, std::int64_t& value)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

absl::StatusOr<std::vector<MapEntry>> parseShownMap(std::string_view text)
{
    std::vector<MapEntry> entries;
    for (const std::string_view line : split(text, '\n')) {
        if (trimmed(line).empty()) {
            continue;
        }
        MapEntry reference = entryOf(line);
        if (!reference.key.starts_with("0x")) {
            return notAnswer("map", line);
        }
        if (entries.size() == kMostMapEntries) {
            return tooMany("entries of a map");
        }
        entries.push_back(entryOf(reference.value));
    }
    return entries;
}

absl::StatusOr<std::vector<MapEntry>> parseMapFile(std::string_view text)
{
    std::vector<MapEntry> entries;
    for (const std::string_view line : split(text, '\n')) {
        if (saysNothing(line)) {
            continue;
        }
        if (entries.size() == kMostMapEntries) {
            return absl::ResourceExhaustedError("the map file has too many entries");
        }
        entries.push_back(entryOf(line));
    }
    return entries;
}

std::string withEntries(std::string_view text, const std::vector<MapEntry>& entries)
{
    std::string result;
    std::set<std::string> written;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::string key = saysNothing(line) ? std::string() : entryOf(line).key;
        const auto set = std::ranges::find(entries, key, &MapEntry::key);
        if (key.empty() || set == entries.end()) {
            result += line;
            result += '\n';
        } else if (written.insert(key).second) {
            result += fmt::format("{} {}\n", set->key, set->value);
        }
    }
    for (const MapEntry& entry : entries) {
        if (written.insert(entry.key).second) {
            result += fmt::format("{} {}\n", entry.key, entry.value);
        }
    }
    return result;
}

bool isMapWord(std::string_view word)
{
    return !word.empty() && word.front() != '#' && std::ranges::all_of(word, [](char character) {
        return isGraphic(character) && character != ';' && character != '\\';
    });
}

std::string valueOf(const std::vector<MapEntry>& entries, std::string_view key)
{
    const auto found = std::ranges::find(entries, key, &MapEntry::key);
    return found == entries.end() ? std::string() : found->value;
}

absl::StatusOr<std::vector<StatRow>> parseStat(std::string_view text)
{
    std::vector<StatRow> rows;
    Columns columns;
    for (const std::string_view line : split(text, '\n')) {
        if (trimmed(line).empty()) {
            continue;
        }
        if (line.starts_with("# pxname,")) {
            columns.clear();
            const std::vector<std::string_view> names = split(line.substr(2), ',');
            for (std::size_t index = 0; index < names.size(); ++index) {
                columns.emplace(names[index], index);
            }
            continue;
        }
        const std::vector<std::string_view> values = split(line, ',');
        if (columns.empty() || values.size() < 2) {
            return notAnswer("statistic", line);
        }
        if (rows.size() == kMostStatRows) {
            return tooMany("servers");
        }
        rows.push_back(rowOf(Fields(columns, values)));
    }
    return rows;
}

} // namespace pilothouse::haproxy
