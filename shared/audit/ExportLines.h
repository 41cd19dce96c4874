// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pilothouse::audit {

enum class ExportFormat { Csv, JsonLines };

/// Columns of an export, in this order; PostgreSQL sends them so as the lines of a COPY in text
/// form.
constexpr std::string_view kExportHeader =
    "sequence,record_time,actor,roles,action,target,before,after,plan_digest,reason,source,"
    "request_id,trace_id,outcome,message,day,hash";

/// The lines of an export, made from the lines of a COPY without a detour over entries: an export
/// of millions costs little more than the COPY alone.
class ExportLines
{
public:
    explicit ExportLines(ExportFormat format) : m_format(format) {}

    /// With its line end; "" for JSON lines.
    std::string header() const;
    /// Appends the line for `copyLine` (without its line end) to `out`. False when that is not a
    /// line of kExportHeader's columns; `out` is then as before.
    bool append(std::string_view copyLine, std::string& out) const;

private:
    void appendCsv(std::string_view field, std::string& out) const;
    void appendJson(std::size_t column, std::string_view field, std::string& out) const;

    const ExportFormat m_format;
};

/// Sequence of the entry that a line of a COPY holds; 0 when there is none.
std::int64_t sequenceOf(std::string_view copyLine);

} // namespace pilothouse::audit
