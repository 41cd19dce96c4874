// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/store/ByteIo.h"

#include <span>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// Appends a scrape's row as its difference from the row before it (empty: from nothing): a bit for
/// each slot that changed and the bytes of it that did. Cheap to write rather than small: it lives
/// for minutes.
void encodeRow(std::span<const double> row, std::span<const double> previous, std::string& out);

/// Reads `row.size()` values; `row` holds the row before it, or absentValue() throughout when there
/// is none. False for bytes that encodeRow() never writes.
bool decodeRow(ByteReader& reader, bool hasPrevious, std::span<double> row);

} // namespace pilothouse::metrics
