// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/scrape/TargetRecorder.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::metrics {

namespace {

constexpr std::array<std::string_view, 5> kReportNames = {
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added"};

ExpositionLimits limitsOf(const PageLimits& limits)
{
    ExpositionLimits result;
    result.bodyBytes = limits.bodyBytes;
    result.samples = limits.samples;
    result.labels = limits.labels;
    result.labelValueLength = limits.labelValueBytes;
    return result;
}

} // namespace

TargetRecorder::TargetRecorder(
    Store& store, const std::string& key, Labels labels, const PageLimits& limits)
    : m_store(store),
      m_labels(std::move(labels)),
      m_group(store.group(key)),
      m_parser(limitsOf(limits))
{
    m_reportSlots.fill(kNoSlot);
}

TargetRecorder::Outcome TargetRecorder::record(
    absl::Time time, absl::Duration took, const absl::StatusOr<ScrapedPage>& page)
{
    Outcome outcome;
    m_row.clear();
    m_kept = 0;
    m_added = 0;
    outcome.status = page.ok() ? parse(*page, outcome) : page.status();
    addReports(took, outcome.status.ok(), outcome);
    const AppendResult result = m_group->append(absl::ToUnixMillis(time), m_row);
    if (result.outOfOrder > 0 && outcome.status.ok()) {
        outcome.status = withHint(
            absl::FailedPreconditionError("the samples are not newer than those before"),
            "Check whether the clock of this host was set back.");
    }
    return outcome;
}

void TargetRecorder::end(absl::Time time)
{
    m_group->append(absl::ToUnixMillis(time), {});
}

void TargetRecorder::endEarlierLife(absl::Time now, absl::Duration interval)
{
    const ScrapeGroup::Figures figures = m_group->figures();
    if (figures.samples == 0) {
        return;
    }
    const absl::Time missed = absl::FromUnixMillis(figures.newest) + interval;
    if (missed + interval < now) {
        end(missed);
    }
}

absl::Status TargetRecorder::parse(const ScrapedPage& page, Outcome& outcome)
{
    const auto parsed = m_parser.parse(
        page.body,
        expositionFormatOf(page.contentType),
        m_group->generation(),
        [&](const Labels& labels) { return resolve(labels, outcome); });
    PH_RETURN_IF_ERROR(parsed.status());
    outcome.samples = static_cast<int>(parsed->samples);
    m_kept = static_cast<int>(parsed->values.size() + parsed->stamped.size());
    m_row.assign(parsed->values.begin(), parsed->values.end());
    writeStamped(parsed->stamped);
    if (!parsed->metadata.empty()) {
        m_store.describe(parsed->metadata);
    }
    return absl::OkStatus();
}

Slot TargetRecorder::resolve(const Labels& scraped, Outcome& outcome)
{
    const auto slot = m_group->slot(merged(scraped));
    if (!slot.ok()) {
        ++outcome.rejected;
        return kRetrySlot;
    }
    ++m_added;
    return *slot;
}

/// The target's labels win; what the page says under the same name is kept with "exported_" before
/// it.
Labels TargetRecorder::merged(const Labels& scraped) const
{
    std::vector<Labels::Pair> pairs;
    pairs.reserve(scraped.size() + m_labels.size());
    for (const auto& [name, value] : scraped.pairs()) {
        std::string kept = name;
        while (m_labels.has(kept)) {
            kept.insert(0, "exported_");
        }
        pairs.emplace_back(std::move(kept), value);
    }
    pairs.insert(pairs.end(), m_labels.pairs().begin(), m_labels.pairs().end());
    return Labels(std::move(pairs));
}

void TargetRecorder::writeStamped(const std::vector<StampedSample>& samples)
{
    if (samples.empty()) {
        return;
    }
    std::vector<LabelledSample> labelled;
    labelled.reserve(samples.size());
    for (const StampedSample& sample : samples) {
        labelled.push_back(
            {.labels = merged(sample.labels), .time = sample.time, .value = sample.value});
    }
    m_store.appendSamples(labelled);
}

Slot TargetRecorder::reportSlot(Report report)
{
    const std::uint64_t generation = m_group->generation();
    if (generation != m_reportGeneration) {
        m_reportSlots.fill(kNoSlot);
        m_reportGeneration = generation;
    }
    const auto index = static_cast<std::size_t>(report);
    if (m_reportSlots[index] == kNoSlot) {
        Labels labels = m_labels;
        labels.set(kMetricName, kReportNames[index]);
        m_reportSlots[index] = m_group->slot(labels).value_or(kNoSlot);
    }
    return m_reportSlots[index];
}

void TargetRecorder::addReports(absl::Duration took, bool isUp, const Outcome& outcome)
{
    const auto add = [&](Report report, double value) {
        if (const Slot slot = reportSlot(report); slot != kNoSlot) {
            m_row.push_back({.slot = slot, .value = value});
        }
    };
    add(Report::Up, isUp ? 1 : 0);
    add(Report::Duration, absl::ToDoubleSeconds(took));
    add(Report::Scraped, outcome.samples);
    add(Report::Kept, m_kept);
    add(Report::Added, m_added);
}

} // namespace pilothouse::metrics
