// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/storage/File.h"
#include "server/metrics/storage/Recovery.h"
#include "server/metrics/storage/Segment.h"
#include "shared/base/Clock.h"
#include "shared/metrics/store/Journal.h"
#include "shared/metrics/store/Store.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace pilothouse::metrics {

struct StorageOptions
{
    /// From memory to the operating system: what a kill -9 can cost.
    absl::Duration flushInterval = absl::Milliseconds(250);
    /// To the disk: what a power cut can cost.
    absl::Duration syncInterval = absl::Seconds(1);
    /// A log that grows past this begins afresh, and the old one goes.
    std::int64_t logBytes = 64 << 20;
    std::int64_t segmentBytes = 64 << 20;
    /// Rows that wait for a disk that hangs; beyond it they stay in memory only, until the disk
    /// answers.
    std::int64_t bufferBytes = 64 << 20;
    /// How often a full or failing disk is tried again.
    absl::Duration retryInterval = absl::Seconds(5);
    /// How often the store's retention runs.
    absl::Duration maintainInterval = absl::Seconds(30);
};

/// What compact() did to the size of the folder, in bytes.
struct Compaction
{
    std::int64_t before = 0;
    std::int64_t after = 0;
};

/// Keeps a store's samples in a folder: `catalogue` (groups, series, metric descriptions), `log-N`
/// (rows since the last seal) and `blocks-N` (sealed blocks, read through a mapping). One thread of
/// its own does all of the writing and the store's retention; appending never waits for it. A disk
/// that is full or fails costs durability, not service: the store goes on in memory, problem() says
/// so, and the files are brought up to date when the disk works again.
class MetricsStorage : public Journal
{
public:
    /// The store must be new, and outlive this object or its close().
    MetricsStorage(
        std::filesystem::path folder,
        Store& store,
        const Clock& clock,
        StorageOptions options = {});
    ~MetricsStorage() override;
    MetricsStorage(const MetricsStorage&) = delete;
    MetricsStorage& operator=(const MetricsStorage&) = delete;

    /// Restores the store from the folder (made when missing) and keeps it from then on. An error
    /// when the folder cannot be used at all; damage inside is no error: see recovery().
    absl::Status open();
    /// Writes what is left and lets go of the store. Called by the destructor.
    void close();

    const RecoveryReport& recovery() const { return m_recovery; }

    /// Between open() and close(): applies the store's retention and writes catalogue and log
    /// afresh, with only what is still needed and packed, which is less to read at the next start.
    /// The storage thread does it; whoever asks meanwhile shares one pass. UNAVAILABLE while the
    /// disk fails, and when close() comes first. Thread-safe.
    std::future<absl::StatusOr<Compaction>> compact();

    std::uint64_t epoch() const override { return m_epoch.load(std::memory_order_acquire); }
    void groupAdded(std::uint32_t group, std::string_view key) override;
    void groupRemoved(std::uint32_t group) override;
    void seriesAdded(std::uint32_t group, Slot slot, const Labels& labels) override;
    void seriesRemoved(std::uint32_t group, std::span<const Slot> slots) override;
    void metricDescribed(const Metric& metric) override;
    void rowAppended(
        std::uint64_t epoch,
        std::uint32_t group,
        TimestampMs time,
        std::span<const double> row,
        std::span<const double> previous) override;
    void rowsPacked(const std::shared_ptr<const GroupBlock>& block) override;
    void blockSealed(const std::shared_ptr<const GroupBlock>& block) override;
    void blockDropped(const std::shared_ptr<const GroupBlock>& block) override;
    std::int64_t diskBytes() const override { return m_diskBytes.load(std::memory_order_relaxed); }
    std::string problem() const override;

private:
    using Blocks = std::vector<std::shared_ptr<const GroupBlock>>;
    using Compactions = std::vector<std::promise<absl::StatusOr<Compaction>>>;

    void run();
    void work(absl::Duration now);
    absl::Status flush();
    absl::Status syncFiles();
    absl::Status writeSealed();
    absl::Status writeOneSealed(const std::shared_ptr<const GroupBlock>& block);
    void dropOld();
    void removeEmptySegments();
    void compactIfAsked();
    void refuseCompactions();
    absl::StatusOr<Compaction> compactNow();
    absl::Status beginEpoch();
    absl::Status rewriteCatalogue();
    void fail(const absl::Status& status);
    void tryAgain();
    void measureDisk();
    void forgetOverflow();

    const std::filesystem::path m_folder;
    Store& m_store;
    const Clock& m_clock;
    const StorageOptions m_options;
    RecoveryReport m_recovery;

    std::atomic<std::uint64_t> m_epoch{0};
    std::atomic<std::int64_t> m_diskBytes{0};
    /// While the disk does not take anything: rows are not even encoded.
    std::atomic<bool> m_isFailing{false};

    /// Guards what the append path hands over; never held during disk work.
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isStopping = false;
    bool m_hasOverflowed = false;
    std::string m_catalogueBuffer;
    std::string m_rowBuffer;
    /// Rows that were under way when their epoch ended: they belong into its log.
    std::string m_lateBuffer;
    Blocks m_sealed;
    Blocks m_dropped;
    std::string m_problem;
    Compactions m_compactions;

    /// The storage thread's own (and open()'s before it starts).
    std::optional<File> m_catalogue;
    std::optional<File> m_log;
    std::optional<File> m_lateLog;
    std::vector<std::shared_ptr<Segment>>
        m_segments; // shared with the blocks in them; the last is written
    bool m_isSegmentOpen = false;
    bool m_isSegmentDirty = false;
    std::uint64_t m_nextLog = 1;
    std::uint64_t m_nextSegment = 1;
    std::int64_t m_logSize = 0;
    std::int64_t m_catalogueSize = 0;
    std::int64_t m_catalogueBase = 0;
    bool m_isDirty = false;
    absl::Duration m_lastSync;
    absl::Duration m_lastTry;
    absl::Duration m_lastMaintain;
    absl::Duration m_lastMeasure = -absl::InfiniteDuration();
    std::thread m_thread;
};

} // namespace pilothouse::metrics
