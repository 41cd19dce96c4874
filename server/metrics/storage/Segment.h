// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/storage/File.h"
#include "shared/metrics/store/GroupBlock.h"

#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// A file of sealed blocks, read through a mapping. Each block has a mark before it that says
/// whether retention has passed it; the space of such blocks is given back to the file system at
/// once, and the file itself goes when none is left. Used by the storage thread; blocks that were
/// handed out keep the mapping.
class Segment : public std::enable_shared_from_this<Segment>
{
public:
    using Blocks = std::vector<std::shared_ptr<const GroupBlock>>;

    /// A new, empty segment with room for `capacity` bytes (which take no space until written).
    static absl::StatusOr<std::shared_ptr<Segment>> make(
        const std::filesystem::path& path, std::uint64_t capacity);

    struct Opened
    {
        std::shared_ptr<Segment> segment; // shared with its blocks, which keep the mapping alive
        Blocks blocks;
        /// What was wrong, in words; empty when nothing was.
        std::string damage;
    };
    /// An existing one, for reading and dropping.
    static absl::StatusOr<Opened> open(const std::filesystem::path& path);

    ~Segment();
    Segment(const Segment&) = delete;
    Segment& operator=(const Segment&) = delete;

    bool hasRoomFor(std::uint64_t bytes) const;
    /// Writes the block and returns it as it lies in the file.
    absl::StatusOr<std::shared_ptr<const GroupBlock>> append(const GroupBlock& block);
    /// Whether the block lies in this segment.
    bool holds(const GroupBlock& block) const;
    void drop(const GroupBlock& block);
    absl::Status sync() { return m_file.sync(); }

    /// Blocks that are not dropped.
    std::size_t liveBlocks() const { return m_live; }
    const std::filesystem::path& path() const { return m_file.path(); }
    static constexpr std::uint64_t spaceFor(std::uint64_t bytes)
    {
        return kMarkBytes + (bytes + kAlignment - 1) / kAlignment * kAlignment;
    }

private:
    static constexpr std::uint64_t kAlignment = 8;
    static constexpr std::uint64_t kMarkBytes = 8;

    explicit Segment(File file) : m_file(std::move(file)) {}
    absl::Status map(std::uint64_t bytes);
    void scan(Opened& opened);

    File m_file;
    const std::uint8_t* m_data = nullptr;
    std::uint64_t m_capacity = 0;
    std::uint64_t m_end = 0;
    std::size_t m_live = 0;
};

} // namespace pilothouse::metrics
