// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/storage/Recovery.h"

#include "server/metrics/storage/Frames.h"
#include "server/metrics/storage/Records.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>
#include <system_error>

namespace pilothouse::metrics {

namespace {

constexpr std::string_view kLogPrefix = "log-";
constexpr std::string_view kSegmentPrefix = "blocks-";

std::vector<NumberedFile> numberedFiles(
    const std::filesystem::path& folder, std::string_view prefix)
{
    std::vector<NumberedFile> files;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.substr(0, prefix.size()) != prefix) {
            continue;
        }
        std::uint64_t number = 0;
        const char* const end = name.data() + name.size();
        const auto [stop, error] = std::from_chars(name.data() + prefix.size(), end, number);
        if (error == std::errc() && stop == end) {
            files.push_back({number, entry.path()});
        }
    }
    std::sort(files.begin(), files.end(), [](const NumberedFile& left, const NumberedFile& right) {
        return left.number < right.number;
    });
    return files;
}

/// The catalogue as its records leave it.
struct CatalogueState
{
    struct Group
    {
        std::string key;
        std::map<Slot, Labels> series;
    };
    std::map<std::uint32_t, Group> groups;
    std::vector<Metric> metrics;
};

RecordReader::Handler catalogueHandler(CatalogueState& state)
{
    RecordReader::Handler handler;
    handler.group = [&state](std::uint32_t id, std::string_view key) {
        CatalogueState::Group& group = state.groups[id];
        if (group.key != key) {
            group = {std::string(key), {}};
        }
    };
    handler.groupGone = [&state](std::uint32_t id) { state.groups.erase(id); };
    handler.series = [&state](std::uint32_t group, Slot slot, Labels labels) {
        state.groups[group].series[slot] = std::move(labels);
    };
    handler.seriesGone = [&state](std::uint32_t group, Slot slot) {
        state.groups[group].series.erase(slot);
    };
    handler.metric = [&state](const Metric& metric) { state.metrics.push_back(metric); };
    return handler;
}

class Recoverer
{
public:
    Recoverer(const std::filesystem::path& folder, Store& store) : m_folder(folder), m_store(store)
    {}

    absl::StatusOr<Recovered> run()
    {
        PH_RETURN_IF_ERROR(readCatalogue());
        PH_RETURN_IF_ERROR(readSegments());
        PH_RETURN_IF_ERROR(readLogs());
        m_store.finishRestore(m_isCatalogueDamaged);
        return std::move(m_result);
    }

private:
    absl::Status readCatalogue();
    absl::Status readSegments();
    absl::Status readLogs();
    void noteLoss(const std::filesystem::path& path, const FrameScan& scan, bool hasBadRecords);

    const std::filesystem::path& m_folder;
    Store& m_store;
    Recovered m_result;
    bool m_isCatalogueDamaged = false;
};

void Recoverer::noteLoss(
    const std::filesystem::path& path, const FrameScan& scan, bool hasBadRecords)
{
    if (scan.lostBytes > 0) {
        m_result.report.notes.push_back(fmt::format(
            "{}: the last {} bytes are cut off or damaged and were left out; {} bytes before them "
            "are kept",
            path.string(),
            scan.lostBytes,
            scan.goodBytes));
    }
    if (hasBadRecords) {
        m_result.report.notes.push_back(
            fmt::format("{}: some records could not be read and were left out", path.string()));
    }
}

absl::Status Recoverer::readCatalogue()
{
    const auto path = catalogueFile(m_folder);
    const auto content = readWholeFile(path);
    if (absl::IsNotFound(content.status())) {
        return absl::OkStatus();
    }
    PH_RETURN_IF_ERROR(content.status());
    CatalogueState state;
    RecordReader reader(catalogueHandler(state));
    bool hasBadRecords = false;
    const FrameScan scan = scanFrames(*content, [&](std::string_view frame) {
        hasBadRecords = !reader.read(frame) || hasBadRecords;
    });
    noteLoss(path, scan, hasBadRecords);
    m_isCatalogueDamaged = scan.lostBytes > 0 || hasBadRecords;
    std::int64_t refused = 0;
    for (const auto& [id, group] : state.groups) {
        if (group.key.empty()) {
            continue;
        }
        const auto restored = m_store.restoreGroup(id, group.key);
        for (const auto& [slot, labels] : group.series) {
            if (restored->restoreSlot(slot, labels).ok()) {
                ++m_result.report.series;
            } else {
                ++refused;
            }
        }
    }
    if (refused > 0) {
        m_result.report.notes.push_back(fmt::format(
            "{} series on disk are more than metrics.max_series and were left out", refused));
    }
    for (const Metric& metric : state.metrics) {
        m_store.restoreMetric(metric);
    }
    return absl::OkStatus();
}

absl::Status Recoverer::readSegments()
{
    Segment::Blocks blocks;
    for (const NumberedFile& file : segmentFiles(m_folder)) {
        auto opened = Segment::open(file.path);
        PH_RETURN_IF_ERROR(opened.status());
        if (!opened->damage.empty()) {
            m_result.report.notes.push_back(std::move(opened->damage));
        }
        blocks.insert(blocks.end(), opened->blocks.begin(), opened->blocks.end());
        m_result.segments.push_back(std::move(opened->segment));
    }
    std::stable_sort(blocks.begin(), blocks.end(), [](const auto& left, const auto& right) {
        return left->extent().group != right->extent().group
                   ? left->extent().group < right->extent().group
                   : left->extent().first < right->extent().first;
    });
    for (const auto& block : blocks) {
        // A block of a group that the catalogue does not know is nobody's.
        const auto group = m_store.findGroup(block->extent().group);
        if (group && group->restoreBlock(block, /*isSealed=*/true)) {
            ++m_result.report.blocks;
            continue;
        }
        for (const auto& segment : m_result.segments) {
            if (segment->holds(*block)) {
                segment->drop(*block);
            }
        }
    }
    return absl::OkStatus();
}

absl::Status Recoverer::readLogs()
{
    for (const NumberedFile& file : logFiles(m_folder)) {
        const auto content = readWholeFile(file.path);
        PH_RETURN_IF_ERROR(content.status());
        RecordReader::Handler handler;
        handler.row = [&](std::uint32_t id, TimestampMs time, std::span<const double> row) {
            if (const auto group = m_store.findGroup(id)) {
                group->restoreRow(time, row);
                ++m_result.report.rows;
            }
        };
        bool hasBadRecords = false;
        handler.block = [&](Bytes bytes) {
            // Shared with the block that lies in it.
            auto copy = std::make_shared<std::vector<std::uint8_t>>(bytes.begin(), bytes.end());
            auto block = GroupBlock::view(*copy, copy);
            if (!block.ok()) {
                hasBadRecords = true;
                return;
            }
            if (const auto group = m_store.findGroup((*block)->extent().group)) {
                group->restoreBlock(*std::move(block), /*isSealed=*/false);
            }
        };
        RecordReader reader(std::move(handler));
        const FrameScan scan = scanFrames(*content, [&](std::string_view frame) {
            hasBadRecords = !reader.read(frame) || hasBadRecords;
        });
        noteLoss(file.path, scan, hasBadRecords);
    }
    return absl::OkStatus();
}

} // namespace

std::filesystem::path catalogueFile(const std::filesystem::path& folder)
{
    return folder / "catalogue";
}

std::filesystem::path logFile(const std::filesystem::path& folder, std::uint64_t number)
{
    return folder / fmt::format("{}{:08}", kLogPrefix, number);
}

std::filesystem::path segmentFile(const std::filesystem::path& folder, std::uint64_t number)
{
    return folder / fmt::format("{}{:08}", kSegmentPrefix, number);
}

std::vector<NumberedFile> logFiles(const std::filesystem::path& folder)
{
    return numberedFiles(folder, kLogPrefix);
}

std::vector<NumberedFile> segmentFiles(const std::filesystem::path& folder)
{
    return numberedFiles(folder, kSegmentPrefix);
}

absl::StatusOr<Recovered> recover(const std::filesystem::path& folder, Store& store)
{
    return Recoverer(folder, store).run();
}

} // namespace pilothouse::metrics
