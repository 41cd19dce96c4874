// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <memory>

namespace pilothouse::platform {

/// The server's data directory, held by this process alone for as long as the object lives. The
/// kernel releases it when the process ends, however it ends.
class DataDirectory
{
public:
    /// Makes the folder when it is not there. FAILED_PRECONDITION names the pid of the server that
    /// has it; a folder that cannot be written and a full disk are said as such.
    static absl::StatusOr<std::unique_ptr<DataDirectory>> open(const std::filesystem::path& path);
    ~DataDirectory();
    DataDirectory(const DataDirectory&) = delete;
    DataDirectory& operator=(const DataDirectory&) = delete;

    /// Absolute.
    const std::filesystem::path& path() const { return m_path; }

private:
    DataDirectory(std::filesystem::path path, int lock);
    const std::filesystem::path m_path;
    const int m_lock;
};

} // namespace pilothouse::platform
