// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/storage/MetricsStorage.h"

#include "server/metrics/storage/Frames.h"
#include "server/metrics/storage/Records.h"
#include "server/platform/faults/Faults.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <system_error>

namespace pilothouse::metrics {

namespace {

/// A catalogue that has grown by this much over what it began with is written afresh.
constexpr std::int64_t kCatalogueSlack = 16 << 20;
constexpr absl::Duration kMeasureInterval = absl::Seconds(5);

/// Collects the store's catalogue as records.
class CatalogueCollector : public Journal
{
public:
    std::uint64_t epoch() const override { return 0; }
    void groupAdded(std::uint32_t group, std::string_view key) override
    {
        m_writer.group(group, key);
    }
    void groupRemoved(std::uint32_t group) override { m_writer.groupGone(group); }
    void seriesAdded(std::uint32_t group, Slot slot, const Labels& labels) override
    {
        m_writer.series(group, slot, labels);
    }
    void seriesRemoved(std::uint32_t group, std::span<const Slot> slots) override
    {
        m_writer.seriesGone(group, slots);
    }
    void metricDescribed(const Metric& metric) override { m_writer.metric(metric); }
    void rowAppended(
        std::uint64_t /*epoch*/,
        std::uint32_t /*group*/,
        TimestampMs /*time*/,
        std::span<const double> /*row*/,
        std::span<const double> /*previous*/) override
    {}
    void rowsPacked(const std::shared_ptr<const GroupBlock>& /*block*/) override {}
    void blockSealed(const std::shared_ptr<const GroupBlock>& /*block*/) override {}
    void blockDropped(const std::shared_ptr<const GroupBlock>& /*block*/) override {}
    std::int64_t diskBytes() const override { return 0; }
    std::string problem() const override { return {}; }

    const std::string& records() const { return m_records; }

private:
    std::string m_records;
    RecordWriter m_writer{m_records};
};

} // namespace

MetricsStorage::MetricsStorage(
    std::filesystem::path folder, Store& store, const Clock& clock, StorageOptions options)
    : m_folder(std::move(folder)), m_store(store), m_clock(clock), m_options(options)
{}

MetricsStorage::~MetricsStorage()
{
    close();
}

absl::Status MetricsStorage::open()
{
    std::error_code error;
    std::filesystem::create_directories(m_folder, error);
    if (error) {
        return withHint(
            absl::PermissionDeniedError(
                fmt::format("cannot make the folder {}: {}", m_folder.string(), error.message())),
            "Give the server's account write access to its data directory.");
    }
    const absl::Duration begun = m_clock.monotonic();
    PH_ASSIGN_OR_RETURN(Recovered recovered, recover(m_folder, m_store));
    m_recovery = std::move(recovered.report);
    m_segments = std::move(recovered.segments);
    m_recovery.duration = m_clock.monotonic() - begun;
    for (const std::string& note : m_recovery.notes) {
        spdlog::warn("metrics storage: {}", note);
    }
    if (const auto logs = logFiles(m_folder); !logs.empty()) {
        m_nextLog = logs.back().number + 1;
    }
    if (const auto segments = segmentFiles(m_folder); !segments.empty()) {
        m_nextSegment = segments.back().number + 1;
    }
    m_lastSync = m_lastTry = m_lastMaintain = m_clock.monotonic();
    // Epoch 0: nobody has told anything yet, and beginEpoch() makes every group do so.
    m_store.attach(this);
    absl::Status status = rewriteCatalogue();
    if (status.ok()) {
        status = beginEpoch();
    }
    if (absl::IsPermissionDenied(status)) {
        m_store.attach(nullptr);
        return status;
    }
    if (!status.ok()) {
        fail(status);
    }
    m_store.maintain();
    removeEmptySegments();
    m_thread = std::thread([this] { run(); });
    return absl::OkStatus();
}

void MetricsStorage::close()
{
    if (!m_thread.joinable()) {
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_all();
    // The thread first: while it begins an epoch the groups must have somebody to tell.
    m_thread.join();
    refuseCompactions();
    m_store.attach(nullptr);
    work(absl::InfiniteDuration());
}

void MetricsStorage::run()
{
    while (true) {
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait_for(lock, absl::ToChronoNanoseconds(m_options.flushInterval), [this] {
                return m_isStopping || !m_compactions.empty();
            });
            if (m_isStopping) {
                return;
            }
        }
        work(m_clock.monotonic());
        compactIfAsked();
    }
}

void MetricsStorage::work(absl::Duration now)
{
    forgetOverflow();
    const bool isStopping = now == absl::InfiniteDuration();
    if (m_isFailing.load()) {
        if (!isStopping && now - m_lastTry >= m_options.retryInterval) {
            m_lastTry = now;
            tryAgain();
        }
    } else {
        absl::Status status = flush();
        if (status.ok()) {
            status = writeSealed();
        }
        if (status.ok() && now - m_lastSync >= m_options.syncInterval) {
            m_lastSync = now;
            status = syncFiles();
        }
        if (status.ok() && !isStopping && m_catalogueSize > m_catalogueBase * 2 + kCatalogueSlack) {
            status = rewriteCatalogue();
        }
        if (status.ok() && !isStopping && m_logSize > m_options.logBytes) {
            status = beginEpoch();
        }
        if (!status.ok()) {
            m_lastTry = now;
            fail(status);
        }
    }
    dropOld();
    if (isStopping) {
        return;
    }
    if (now - m_lastMaintain >= m_options.maintainInterval) {
        m_lastMaintain = now;
        m_store.maintain();
    }
    if (now - m_lastMeasure >= kMeasureInterval) {
        m_lastMeasure = now;
        measureDisk();
    }
}

absl::Status MetricsStorage::flush()
{
    std::string catalogue;
    std::string rows;
    std::string late;
    {
        const std::lock_guard lock(m_mutex);
        catalogue.swap(m_catalogueBuffer);
        rows.swap(m_rowBuffer);
        late.swap(m_lateBuffer);
    }
    // The catalogue first: a row must not name what is not there.
    if (!catalogue.empty()) {
        const std::string bytes = frame(catalogue);
        PH_RETURN_IF_ERROR(m_catalogue->append(bytes));
        m_catalogueSize += static_cast<std::int64_t>(bytes.size());
        m_isDirty = true;
    }
    if (!late.empty() && m_lateLog) {
        PH_RETURN_IF_ERROR(m_lateLog->append(frame(late)));
    }
    if (!rows.empty()) {
        const std::string bytes = frame(rows);
        PH_RETURN_IF_ERROR(m_log->append(bytes));
        m_logSize += static_cast<std::int64_t>(bytes.size());
        m_isDirty = true;
    }
    return absl::OkStatus();
}

absl::Status MetricsStorage::syncFiles()
{
    if (!m_isDirty) {
        return absl::OkStatus();
    }
    PH_RETURN_IF_ERROR(m_catalogue->sync());
    PH_RETURN_IF_ERROR(m_log->sync());
    m_isDirty = false;
    return absl::OkStatus();
}

absl::Status MetricsStorage::writeSealed()
{
    Blocks pending;
    {
        const std::lock_guard lock(m_mutex);
        pending.swap(m_sealed);
    }
    for (std::size_t at = 0; at < pending.size(); ++at) {
        if (absl::Status status = writeOneSealed(pending[at]); !status.ok()) {
            const std::lock_guard lock(m_mutex);
            m_sealed.insert(
                m_sealed.begin(), pending.begin() + static_cast<std::ptrdiff_t>(at), pending.end());
            return status;
        }
    }
    return absl::OkStatus();
}

absl::Status MetricsStorage::writeOneSealed(const std::shared_ptr<const GroupBlock>& block)
{
    const std::uint64_t bytes = block->bytes().size();
    if (!m_isSegmentOpen || !m_segments.back()->hasRoomFor(bytes)) {
        if (m_isSegmentOpen) {
            PH_RETURN_IF_ERROR(m_segments.back()->sync());
            m_isSegmentOpen = false;
        }
        const auto capacity =
            std::max(static_cast<std::uint64_t>(m_options.segmentBytes), Segment::spaceFor(bytes));
        PH_ASSIGN_OR_RETURN(
            auto segment, Segment::make(segmentFile(m_folder, m_nextSegment), capacity));
        ++m_nextSegment;
        m_segments.push_back(std::move(segment));
        m_isSegmentOpen = true;
    }
    Segment& segment = *m_segments.back();
    PH_ASSIGN_OR_RETURN(auto stored, segment.append(*block));
    m_isSegmentDirty = true;
    if (!m_store.replaceBlock(block, stored)) {
        segment.drop(*stored);
    }
    return absl::OkStatus();
}

void MetricsStorage::dropOld()
{
    Blocks dropped;
    {
        const std::lock_guard lock(m_mutex);
        if (m_dropped.empty()) {
            return;
        }
        dropped.swap(m_dropped);
        std::erase_if(m_sealed, [&](const auto& block) {
            return std::find(dropped.begin(), dropped.end(), block) != dropped.end();
        });
    }
    Blocks busy;
    for (auto& block : dropped) {
        const auto segment =
            std::find_if(m_segments.begin(), m_segments.end(), [&](const auto& candidate) {
                return candidate->holds(*block);
            });
        if (segment == m_segments.end()) {
            continue;
        }
        if (block.use_count() > 1) { // a reader is still at it
            busy.push_back(std::move(block));
        } else {
            (*segment)->drop(*block);
        }
    }
    removeEmptySegments();
    const std::lock_guard lock(m_mutex);
    m_dropped.insert(m_dropped.end(), busy.begin(), busy.end());
}

void MetricsStorage::removeEmptySegments()
{
    std::erase_if(m_segments, [this](const std::shared_ptr<Segment>& segment) {
        const bool isWritten = m_isSegmentOpen && segment == m_segments.back();
        if (isWritten || segment->liveBlocks() > 0) {
            return false;
        }
        std::error_code ignored;
        std::filesystem::remove(segment->path(), ignored);
        return true;
    });
}

absl::Status MetricsStorage::beginEpoch()
{
    PH_ASSIGN_OR_RETURN(File log, File::open(logFile(m_folder, m_nextLog), File::Mode::Append));
    {
        const std::lock_guard lock(m_mutex);
        m_lateBuffer += m_rowBuffer;
        m_rowBuffer.clear();
        m_epoch.store(m_nextLog, std::memory_order_release);
    }
    m_lateLog = std::move(m_log);
    m_log = std::move(log);
    ++m_nextLog;
    m_logSize = 0;
    PH_FAULT("metrics.after_epoch");
    // Every group says again what is not sealed; after that nobody writes in the old epoch.
    m_store.rollJournal();
    PH_RETURN_IF_ERROR(flush());
    PH_RETURN_IF_ERROR(writeSealed());
    if (m_isSegmentOpen && m_isSegmentDirty) {
        PH_RETURN_IF_ERROR(m_segments.back()->sync());
        m_isSegmentDirty = false;
    }
    PH_RETURN_IF_ERROR(m_catalogue->sync());
    PH_RETURN_IF_ERROR(m_log->sync());
    PH_RETURN_IF_ERROR(syncFolder(m_folder));
    m_lateLog.reset();
    PH_FAULT("metrics.before_old_logs");
    for (const NumberedFile& file : logFiles(m_folder)) {
        if (file.number + 1 < m_nextLog) {
            std::error_code ignored;
            std::filesystem::remove(file.path, ignored);
        }
    }
    PH_FAULT("metrics.after_old_logs");
    return absl::OkStatus();
}

absl::Status MetricsStorage::rewriteCatalogue()
{
    // What is told from here on is appended behind the fresh content, in which it may stand
    // already: telling it twice does no harm.
    {
        const std::lock_guard lock(m_mutex);
        m_catalogueBuffer.clear();
    }
    CatalogueCollector collector;
    m_store.tellCatalogue(collector);
    std::filesystem::path fresh = catalogueFile(m_folder);
    fresh += ".new";
    std::error_code ignored;
    std::filesystem::remove(fresh, ignored);
    PH_ASSIGN_OR_RETURN(File file, File::open(fresh, File::Mode::Append));
    const std::string bytes = frame(collector.records());
    PH_RETURN_IF_ERROR(file.append(bytes));
    PH_RETURN_IF_ERROR(file.sync());
    PH_FAULT("metrics.before_catalogue");
    std::error_code error;
    std::filesystem::rename(fresh, catalogueFile(m_folder), error);
    if (error) {
        return absl::UnavailableError(
            fmt::format("cannot rename {}: {}", fresh.string(), error.message()));
    }
    PH_FAULT("metrics.after_catalogue");
    m_catalogue = std::move(file);
    m_catalogueSize = m_catalogueBase = static_cast<std::int64_t>(bytes.size());
    return syncFolder(m_folder);
}

void MetricsStorage::fail(const absl::Status& status)
{
    const bool isNews = !m_isFailing.exchange(true);
    const std::lock_guard lock(m_mutex);
    m_problem = fmt::format(
        "metrics are kept in memory only: {}; samples since then are lost if the server stops "
        "before the "
        "disk works again",
        std::string(status.message()));
    m_rowBuffer.clear();
    m_lateBuffer.clear();
    if (isNews) {
        spdlog::error("metrics storage: {}", m_problem);
    }
}

void MetricsStorage::tryAgain()
{
    m_isFailing.store(false);
    absl::Status status = rewriteCatalogue();
    if (status.ok()) {
        status = beginEpoch();
    }
    if (!status.ok()) {
        m_isFailing.store(true);
        fail(status);
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_problem.clear();
    }
    spdlog::info("metrics storage: the disk works again; everything in memory is on it");
}

void MetricsStorage::forgetOverflow()
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_hasOverflowed) {
            return;
        }
        m_hasOverflowed = false;
    }
    fail(absl::ResourceExhaustedError("the disk is slower than the samples come in"));
    m_lastTry = -absl::InfiniteDuration(); // the disk answers: begin afresh at once
}

void MetricsStorage::measureDisk()
{
    std::int64_t bytes = 0;
    std::error_code ignored;
    constexpr std::int64_t kBlockUnit = 512;
    for (const auto& entry : std::filesystem::directory_iterator(m_folder, ignored)) {
        struct stat status
        {};
        if (::stat(entry.path().c_str(), &status) == 0) {
            bytes += static_cast<std::int64_t>(status.st_blocks) * kBlockUnit;
        }
    }
    m_diskBytes.store(bytes, std::memory_order_relaxed);
}

std::string MetricsStorage::problem() const
{
    const std::lock_guard lock(m_mutex);
    return m_problem;
}

} // namespace pilothouse::metrics
