// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/storage/Segment.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cstring>

namespace pilothouse::metrics {

namespace {

constexpr std::uint64_t kLiveMark = 0x4556494c4b4c4250; // "PBLKLIVE"
constexpr std::uint64_t kGoneMark = 0x454e4f474b4c4250; // "PBLKGONE"

} // namespace

absl::StatusOr<std::shared_ptr<Segment>> Segment::make(
    const std::filesystem::path& path, std::uint64_t capacity)
{
    PH_ASSIGN_OR_RETURN(File file, File::open(path, File::Mode::ReadWrite));
    std::shared_ptr<Segment> segment(new Segment(std::move(file)));
    PH_RETURN_IF_ERROR(segment->m_file.resize(capacity));
    PH_RETURN_IF_ERROR(segment->map(capacity));
    return segment;
}

absl::Status Segment::map(std::uint64_t bytes)
{
    m_capacity = bytes;
    if (bytes == 0) {
        return absl::OkStatus();
    }
    void* const data = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, m_file.descriptor(), 0);
    if (data == MAP_FAILED) {
        m_capacity = 0;
        return absl::UnavailableError(
            fmt::format("cannot map {}: {}", path().string(), std::strerror(errno)));
    }
    m_data = static_cast<const std::uint8_t*>(data);
    return absl::OkStatus();
}

Segment::~Segment()
{
    if (m_data != nullptr) {
        ::munmap(const_cast<std::uint8_t*>(m_data), m_capacity);
    }
}

absl::StatusOr<Segment::Opened> Segment::open(const std::filesystem::path& path)
{
    PH_ASSIGN_OR_RETURN(File file, File::open(path, File::Mode::ReadWrite));
    PH_ASSIGN_OR_RETURN(const std::uint64_t size, file.size());
    Opened opened;
    opened.segment = std::shared_ptr<Segment>(new Segment(std::move(file)));
    PH_RETURN_IF_ERROR(opened.segment->map(size));
    opened.segment->scan(opened);
    return opened;
}

void Segment::scan(Opened& opened)
{
    std::uint64_t at = 0;
    std::uint64_t lost = 0;
    while (at + kMarkBytes + GroupBlock::kHeaderBytes <= m_capacity) {
        std::uint64_t mark = 0;
        std::memcpy(&mark, m_data + at, sizeof(mark));
        if (mark == 0 && lost == 0) {
            break; // never written
        }
        const Bytes rest{m_data + at + kMarkBytes, m_capacity - at - kMarkBytes};
        const auto extent = GroupBlock::readExtent(rest);
        if ((mark != kLiveMark && mark != kGoneMark) || !extent.ok()) {
            at += kAlignment; // damaged: look for the next block
            lost += kAlignment;
            continue;
        }
        if (mark == kLiveMark) {
            if (auto block = GroupBlock::view(rest, shared_from_this()); block.ok()) {
                opened.blocks.push_back(*std::move(block));
                ++m_live;
            } else {
                lost += rest.size();
                break;
            }
        }
        at += spaceFor(extent->bytes);
        m_end = at;
    }
    // What follows the last block is what the crash left behind, or never was.
    if (lost > 0) {
        opened.damage = fmt::format(
            "{}: damaged near byte {}; {} blocks around it are kept",
            path().string(),
            m_end,
            m_live);
    }
}

bool Segment::hasRoomFor(std::uint64_t bytes) const
{
    return m_end + spaceFor(bytes) <= m_capacity;
}

absl::StatusOr<std::shared_ptr<const GroupBlock>> Segment::append(const GroupBlock& block)
{
    const Bytes bytes = block.bytes();
    const std::string_view content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    PH_RETURN_IF_ERROR(m_file.writeAt(m_end + kMarkBytes, content));
    // The mark last: without it there is no block.
    PH_RETURN_IF_ERROR(m_file.writeAt(
        m_end, std::string_view(reinterpret_cast<const char*>(&kLiveMark), sizeof(kLiveMark))));
    PH_ASSIGN_OR_RETURN(
        auto stored,
        GroupBlock::view({m_data + m_end + kMarkBytes, bytes.size()}, shared_from_this()));
    m_end += spaceFor(bytes.size());
    ++m_live;
    return stored;
}

bool Segment::holds(const GroupBlock& block) const
{
    const std::uint8_t* const data = block.bytes().data();
    return m_data != nullptr && data >= m_data && data < m_data + m_capacity;
}

void Segment::drop(const GroupBlock& block)
{
    const auto offset = static_cast<std::uint64_t>(block.bytes().data() - m_data);
    // A failure means that the block comes back after a restart, for retention to pass it once
    // more.
    (void)m_file.writeAt(
        offset - kMarkBytes,
        std::string_view(reinterpret_cast<const char*>(&kGoneMark), sizeof(kGoneMark)));
    // The header stays: it says where the next block begins. Readers that still hold the block
    // would read zeros: the caller waits for them.
    m_file.punch(
        offset + GroupBlock::kHeaderBytes, block.bytes().size() - GroupBlock::kHeaderBytes);
    m_live -= m_live > 0 ? 1 : 0;
}

} // namespace pilothouse::metrics
