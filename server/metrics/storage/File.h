// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace pilothouse::metrics {

/// A file descriptor with errors as statuses that name the file. RESOURCE_EXHAUSTED says that the
/// disk (or the quota) is full.
class File
{
public:
    enum class Mode { Read, Append, ReadWrite };

    /// Append and ReadWrite make the file when it is not there, readable by its owner alone.
    static absl::StatusOr<File> open(const std::filesystem::path& path, Mode mode);

    File(File&& other) noexcept
        : m_path(std::move(other.m_path)), m_fd(std::exchange(other.m_fd, -1))
    {}
    File& operator=(File&& other) noexcept;
    ~File();

    absl::Status append(std::string_view bytes);
    absl::Status writeAt(std::uint64_t offset, std::string_view bytes);
    /// Puts the content (not all metadata) on the disk.
    absl::Status sync();
    absl::Status resize(std::uint64_t bytes);
    /// Gives the disk space of whole pages in the range back, where the file system can.
    void punch(std::uint64_t offset, std::uint64_t bytes);
    absl::StatusOr<std::uint64_t> size() const;

    int descriptor() const { return m_fd; }
    const std::filesystem::path& path() const { return m_path; }

private:
    File(std::filesystem::path path, int fd) : m_path(std::move(path)), m_fd(fd) {}
    absl::Status failure(const char* doing) const;

    std::filesystem::path m_path;
    int m_fd = -1;
};

/// Makes renames and new files of a folder survive a power cut.
absl::Status syncFolder(const std::filesystem::path& folder);
absl::StatusOr<std::string> readWholeFile(const std::filesystem::path& path);

} // namespace pilothouse::metrics
