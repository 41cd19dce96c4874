// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/targets/TargetFile.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// Targets listed in files that may change at any time. A file that cannot be read or understood
/// keeps the targets of its last good version, and says so. Blocks on the file system. Not
/// thread-safe.
class FileDiscovery
{
public:
    /// File names, with "*" and "?" in the last parts.
    explicit FileDiscovery(std::vector<std::string> patterns);

    /// Looks at the files; true when the targets or the problems changed.
    bool refresh();

    std::vector<TargetGroup> groups() const;
    /// One sentence a file that is not as it should be.
    std::vector<std::string> problems() const;

private:
    /// Tells a changed file from an unchanged one without reading it.
    struct Version
    {
        std::int64_t modified = 0;
        std::int64_t size = 0;
        std::uint64_t inode = 0;

        bool operator==(const Version&) const = default;
    };
    struct File
    {
        Version version;
        std::vector<TargetGroup> groups;
        std::string problem;
    };

    static std::vector<std::string> filesOf(const std::string& pattern);
    static bool load(const std::string& name, File& file);

    std::vector<std::string> m_patterns;
    std::map<std::string, File> m_files;
};

} // namespace pilothouse::metrics
