// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/targets/ScrapeTarget.h"
#include "shared/metrics/exposition/ScrapeParser.h"
#include "shared/metrics/store/Store.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics {

/// A page as it came from a target.
struct ScrapedPage
{
    std::string_view contentType;
    std::string_view body;
};

/// Writes the scrapes of one target into the store: parses the page, puts the target's labels on
/// every series, adds `up` and its companions, and ends what has vanished. A page that cannot be
/// used is recorded as `up` 0 and nothing else. One call at a time.
class TargetRecorder
{
public:
    struct Outcome
    {
        absl::Status status;
        int samples = 0;
        /// Series that the cardinality limit kept out.
        int rejected = 0;
    };

    /// `key` names the target's group in the store, which must outlive the recorder.
    TargetRecorder(Store& store, const std::string& key, Labels labels, const PageLimits& limits);

    Outcome record(absl::Time time, absl::Duration took, const absl::StatusOr<ScrapedPage>& page);
    /// The target is gone: all its series end.
    void end(absl::Time time);
    /// Before the first scrape: when the newest samples are from an earlier life of the server that
    /// ended without a word, their series end where they did, so that a chart shows the gap.
    void endEarlierLife(absl::Time now, absl::Duration interval);

private:
    /// The series that the server adds to every scrape.
    enum class Report { Up, Duration, Scraped, Kept, Added };
    static constexpr std::size_t kReports = 5;

    absl::Status parse(const ScrapedPage& page, Outcome& outcome);
    Slot resolve(const Labels& scraped, Outcome& outcome);
    Labels merged(const Labels& scraped) const;
    void writeStamped(const std::vector<StampedSample>& samples);
    Slot reportSlot(Report report);
    void addReports(absl::Duration took, bool isUp, const Outcome& outcome);

    Store& m_store;
    const Labels m_labels;
    const std::shared_ptr<ScrapeGroup> m_group; // shared with the store
    ScrapeParser m_parser;
    std::vector<SlotValue> m_row;
    std::array<Slot, kReports> m_reportSlots{};
    std::uint64_t m_reportGeneration = 0;
    int m_kept = 0;
    int m_added = 0;
};

} // namespace pilothouse::metrics
