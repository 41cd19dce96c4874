// SPDX-License-Identifier: Apache-2.0
#include "shared/audit/ExportLines.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace pilothouse::audit {

namespace {

enum Column : std::size_t { Sequence = 0, RecordTime = 1, Roles = 3 };
constexpr std::size_t kColumns = 17;
constexpr std::array<std::string_view, kColumns> kNames = {
    "sequence",
    "record_time",
    "actor",
    "roles",
    "action",
    "target",
    "before",
    "after",
    "plan_digest",
    "reason",
    "source",
    "request_id",
    "trace_id",
    "outcome",
    "message",
    "day",
    "hash"};

/// What stands for itself in a COPY's text after a backslash.
char unescaped(char letter)
{
    switch (letter) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'v':
        return '\v';
    default:
        return letter;
    }
}

/// Calls `take` with pieces of the field's value: runs without escapes as they stand, the others
/// one by one.
template <typename Take>
void forPieces(std::string_view field, Take take)
{
    while (!field.empty()) {
        const std::size_t plain = std::min(field.find('\\'), field.size());
        if (plain > 0) {
            take(field.substr(0, plain));
            field.remove_prefix(plain);
            continue;
        }
        const char letter = field.size() > 1 ? unescaped(field[1]) : '\\';
        take(std::string_view(&letter, 1));
        field.remove_prefix(std::min<std::size_t>(2, field.size()));
    }
}

/// "2026-11-25 23:15:48.5+00" → "2026-11-25T23:15:48.5Z"
void appendTime(std::string_view field, std::string& out)
{
    const std::size_t begin = out.size();
    out.append(field.substr(0, field.rfind('+')));
    if (const std::size_t space = out.find(' ', begin); space != std::string::npos) {
        out[space] = 'T';
    }
    out.push_back('Z');
}

/// Where the first of a set of letters stands, or the end. Most text has none: a look at a table
/// for each letter costs a fraction of std::string_view::find_first_of.
class Letters
{
public:
    constexpr explicit Letters(std::string_view letters, unsigned char below = 0)
    {
        for (const char letter : letters) {
            m_isOne[static_cast<unsigned char>(letter)] = true;
        }
        for (unsigned char code = 0; code < below; ++code) {
            m_isOne[code] = true;
        }
    }
    std::size_t firstIn(std::string_view text) const
    {
        std::size_t at = 0;
        while (at < text.size() && !m_isOne[static_cast<unsigned char>(text[at])]) {
            ++at;
        }
        return at;
    }

private:
    std::array<bool, 256> m_isOne{};
};

constexpr Letters kCsvSpecial{"\",\\"};
constexpr Letters kQuotes{"\""};
constexpr Letters kJsonSpecial{"\"\\", 0x20};

void appendJsonText(std::string_view piece, std::string& out)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    while (true) {
        const std::size_t plain = kJsonSpecial.firstIn(piece);
        out.append(piece.substr(0, plain));
        if (plain == piece.size()) {
            return;
        }
        const auto code = static_cast<unsigned char>(piece[plain]);
        if (code >= 0x20U) {
            out.push_back('\\');
            out.push_back(piece[plain]);
        } else {
            out.append("\\u00");
            out.push_back(kHex[code >> 4U]);
            out.push_back(kHex[code & 0xFU]);
        }
        piece.remove_prefix(plain + 1);
    }
}

void appendCsvText(std::string_view piece, std::string& out)
{
    while (true) {
        const std::size_t plain = kQuotes.firstIn(piece);
        out.append(piece.substr(0, plain));
        if (plain == piece.size()) {
            return;
        }
        out.append("\"\"");
        piece.remove_prefix(plain + 1);
    }
}

bool isPlainJson(std::string_view field)
{
    return kJsonSpecial.firstIn(field) == field.size();
}

void appendJsonString(std::string_view field, std::string& out)
{
    out.push_back('"');
    if (isPlainJson(field)) {
        out.append(field);
    } else {
        forPieces(field, [&](std::string_view piece) { appendJsonText(piece, out); });
    }
    out.push_back('"');
}

/// Roles come with spaces between them.
void appendJsonList(std::string_view field, std::string& out)
{
    out.push_back('[');
    while (!field.empty()) {
        const std::size_t end = std::min(field.find(' '), field.size());
        appendJsonString(field.substr(0, end), out);
        field.remove_prefix(std::min(end + 1, field.size()));
        if (!field.empty()) {
            out.push_back(',');
        }
    }
    out.push_back(']');
}

} // namespace

std::string ExportLines::header() const
{
    return m_format == ExportFormat::Csv ? std::string(kExportHeader) + "\r\n" : std::string();
}

bool ExportLines::append(std::string_view copyLine, std::string& out) const
{
    if (static_cast<std::size_t>(std::ranges::count(copyLine, '\t')) != kColumns - 1) {
        return false;
    }
    for (std::size_t column = 0; column < kColumns; ++column) {
        const std::size_t end = std::min(copyLine.find('\t'), copyLine.size());
        const std::string_view field = copyLine.substr(0, end);
        if (m_format == ExportFormat::JsonLines) {
            appendJson(column, field, out);
        } else {
            if (column > 0) {
                out.push_back(',');
            }
            column == Column::RecordTime ? appendTime(field, out) : appendCsv(field, out);
        }
        copyLine.remove_prefix(std::min(end + 1, copyLine.size()));
    }
    out.append(m_format == ExportFormat::Csv ? "\r\n" : "}\n");
    return true;
}

void ExportLines::appendCsv(std::string_view field, std::string& out) const
{
    if (kCsvSpecial.firstIn(field) == field.size()) {
        out.append(field);
        return;
    }
    out.push_back('"');
    forPieces(field, [&](std::string_view piece) { appendCsvText(piece, out); });
    out.push_back('"');
}

void ExportLines::appendJson(std::size_t column, std::string_view field, std::string& out) const
{
    out.append(column == 0 ? "{\"" : ",\"").append(kNames[column]).append("\":");
    switch (column) {
    case Column::Sequence:
        out.append(field);
        break;
    case Column::RecordTime:
        out.push_back('"');
        appendTime(field, out);
        out.push_back('"');
        break;
    case Column::Roles:
        appendJsonList(field, out);
        break;
    default:
        appendJsonString(field, out);
        break;
    }
}

std::int64_t sequenceOf(std::string_view copyLine)
{
    std::int64_t sequence = 0;
    std::from_chars(copyLine.data(), copyLine.data() + copyLine.size(), sequence);
    return sequence;
}

} // namespace pilothouse::audit
