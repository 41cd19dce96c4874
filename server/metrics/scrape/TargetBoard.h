// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/instruments/Instruments.h"
#include "server/metrics/scrape/TargetRecorder.h"
#include "shared/metrics/Catalogue.h"

#include <absl/time/time.h>

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// How every target is: written by the loops, read by whoever asks. Thread-safe.
class TargetBoard
{
public:
    explicit TargetBoard(Instruments& instruments);

    void add(const std::string& key, Target target);
    void remove(const std::string& key);
    void report(
        const std::string& key,
        absl::Time time,
        absl::Duration took,
        const TargetRecorder::Outcome& outcome);
    /// A scrape that was not begun.
    void skipped(const std::string& key, const std::string& why);

    /// By job, then address.
    std::vector<Target> targets() const;

private:
    void count();

    Instruments& m_instruments;
    mutable std::mutex m_mutex;
    std::map<std::string, Target> m_targets;
};

} // namespace pilothouse::metrics
