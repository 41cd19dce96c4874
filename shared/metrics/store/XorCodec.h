// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/store/ByteIo.h"

#include <span>
#include <string>

namespace pilothouse::metrics {

/// Gorilla's coding of floating point values: each is XORed with the one before and only the bits
/// that changed are kept, within the last window of leading and trailing zeros where that is
/// cheaper. Any bit pattern survives.
void xorEncode(std::span<const double> values, std::string& out);

/// Decodes `out.size()` values; false when the bytes end early.
bool xorDecode(Bytes bytes, std::span<double> out);

} // namespace pilothouse::metrics
