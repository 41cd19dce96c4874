// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/promql/SampleSeries.h"

#include <string>
#include <vector>

namespace pilothouse::test {

/// The body of a Prometheus remote-write request with the samples [from, to) of each series.
std::string remoteWriteBody(
    const std::vector<SampleSeries>& series, std::size_t from, std::size_t to);

} // namespace pilothouse::test
