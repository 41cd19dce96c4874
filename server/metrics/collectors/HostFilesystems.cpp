// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/collectors/HostFilesystems.h"

#include "server/metrics/collectors/ProcFile.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <array>

namespace pilothouse::metrics {

namespace {

constexpr std::array<std::string_view, 18> kWatchedTypes = {
    "ext2",
    "ext3",
    "ext4",
    "xfs",
    "btrfs",
    "zfs",
    "f2fs",
    "jfs",
    "reiserfs",
    "bcachefs",
    "tmpfs",
    "vfat",
    "overlay",
    "ntfs",
    "ntfs3",
    "exfat",
    "fuseblk",
    "hfsplus"};

constexpr std::array<std::string_view, 8> kIgnoredMounts = {
    "/dev",
    "/proc",
    "/sys",
    "/run/credentials",
    "/run/user",
    "/var/lib/docker",
    "/run/containerd",
    "/var/lib/containers"};

bool isBelow(std::string_view path, std::string_view folder)
{
    return path.substr(0, folder.size()) == folder &&
           (path.size() == folder.size() || path[folder.size()] == '/');
}

/// /proc/mounts writes blanks and the like as three octal digits after a backslash.
std::string unescape(std::string_view text)
{
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 3 < text.size() && text[at + 1] >= '0' &&
            text[at + 1] <= '3') {
            out += static_cast<char>(
                (text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 + (text[at + 3] - '0'));
            at += 3;
        } else {
            out += text[at];
        }
    }
    return out;
}

bool hasOption(std::string_view options, std::string_view wanted)
{
    while (!options.empty()) {
        const std::size_t comma = options.find(',');
        if (options.substr(0, comma) == wanted) {
            return true;
        }
        if (comma == std::string_view::npos) {
            return false;
        }
        options.remove_prefix(comma + 1);
    }
    return false;
}

} // namespace

std::vector<Mount> parseMounts(std::string_view mounts)
{
    std::vector<Mount> found;
    for (const std::string_view line : linesOf(mounts)) {
        const auto words = wordsOf(line);
        if (words.size() < 4 || std::find(kWatchedTypes.begin(), kWatchedTypes.end(), words[2]) ==
                                    kWatchedTypes.end()) {
            continue;
        }
        Mount mount{
            .device = unescape(words[0]),
            .mountPoint = unescape(words[1]),
            .type = std::string(words[2]),
            .readOnly = hasOption(words[3], "ro")};
        const bool isIgnored =
            std::any_of(kIgnoredMounts.begin(), kIgnoredMounts.end(), [&](std::string_view folder) {
                return isBelow(mount.mountPoint, folder);
            });
        const auto isSame = [&](const Mount& other) {
            return other.mountPoint == mount.mountPoint;
        };
        if (isIgnored) {
            continue;
        }
        // Mounted over: the later one is what a path meets.
        std::erase_if(found, isSame);
        found.push_back(std::move(mount));
    }
    return found;
}

void collectFilesystems(std::string_view mounts, ExpositionWriter& out)
{
    struct Row
    {
        Mount mount;
        struct statvfs space;
        bool hasError;
    };
    std::vector<Row> rows;
    for (Mount& mount : parseMounts(mounts)) {
        Row row{.mount = std::move(mount), .space = {}, .hasError = false};
        row.hasError = statvfs(row.mount.mountPoint.c_str(), &row.space) != 0;
        rows.push_back(std::move(row));
    }
    const auto family = [&](std::string_view name, std::string_view help, auto value) {
        out.gauge(name, help);
        for (const Row& row : rows) {
            out.sample(
                name,
                {{"device", row.mount.device},
                 {"fstype", row.mount.type},
                 {"mountpoint", row.mount.mountPoint}},
                value(row));
        }
    };
    const auto bytes = [](const Row& row, fsblkcnt_t blocks) {
        return static_cast<double>(blocks) * static_cast<double>(row.space.f_frsize);
    };
    family("node_filesystem_device_error", "Whether asking the file system failed.", [](auto& row) {
        return row.hasError ? 1.0 : 0.0;
    });
    family("node_filesystem_readonly", "File system is mounted read-only.", [](auto& row) {
        return row.mount.readOnly ? 1.0 : 0.0;
    });
    std::erase_if(rows, [](const Row& row) { return row.hasError; });
    family("node_filesystem_size_bytes", "File system size in bytes.", [&](auto& row) {
        return bytes(row, row.space.f_blocks);
    });
    family("node_filesystem_free_bytes", "File system free space in bytes.", [&](auto& row) {
        return bytes(row, row.space.f_bfree);
    });
    family(
        "node_filesystem_avail_bytes",
        "File system space available to non-root users in bytes.",
        [&](auto& row) { return bytes(row, row.space.f_bavail); });
    family("node_filesystem_files", "File system total file nodes.", [](auto& row) {
        return static_cast<double>(row.space.f_files);
    });
    family("node_filesystem_files_free", "File system free file nodes.", [](auto& row) {
        return static_cast<double>(row.space.f_ffree);
    });
}

} // namespace pilothouse::metrics
