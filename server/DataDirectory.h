// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <string>

namespace pilothouse {

/// The folder of one server's state, held for as long as the object lives: no second server can
/// have it.
class DataDirectory
{
public:
    /// Makes the folder when it is missing. FAILED_PRECONDITION when another server has it or it
    /// cannot be written to.
    static absl::StatusOr<DataDirectory> open(const std::filesystem::path& path);
    ~DataDirectory();
    DataDirectory(DataDirectory&& other) noexcept;
    DataDirectory& operator=(DataDirectory&&) = delete;
    DataDirectory(const DataDirectory&) = delete;
    DataDirectory& operator=(const DataDirectory&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    std::filesystem::path socket() const { return m_path / "pilothouse.sock"; }
    std::filesystem::path tls() const { return m_path / "tls"; }
    /// Made with the directory and never changed.
    const std::string& serverId() const { return m_serverId; }

private:
    DataDirectory(std::filesystem::path path, int lock, std::string serverId);

    std::filesystem::path m_path;
    int m_lock;
    std::string m_serverId;
};

} // namespace pilothouse
