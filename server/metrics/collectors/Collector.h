// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/collectors/ExpositionWriter.h"

#include <absl/status/status.h>

#include <string>

namespace pilothouse::metrics {

/// A source of metrics inside the server: recorded like a scrape target of its job, `up` included.
class Collector
{
public:
    virtual ~Collector() = default;

    /// The "job" label.
    virtual std::string job() const = 0;
    /// Writes everything that it knows now. May block: runs on an executor, one call at a time. An
    /// error makes `up` 0; what was written before it is dropped.
    virtual absl::Status collect(ExpositionWriter& out) = 0;
};

} // namespace pilothouse::metrics
