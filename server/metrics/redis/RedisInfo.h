// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/collectors/ExpositionWriter.h"

#include <map>
#include <string>

namespace pilothouse::metrics {

/// Writes the fields of Redis' INFO under redis_exporter's names. A field that is missing or no
/// number is left out.
void writeRedisInfo(const std::map<std::string, std::string>& info, ExpositionWriter& out);

} // namespace pilothouse::metrics
