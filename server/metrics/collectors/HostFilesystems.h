// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/collectors/ExpositionWriter.h"

#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics {

struct Mount
{
    std::string device;
    std::string mountPoint;
    std::string type;
    bool readOnly = false;
};

/// The mounts of /proc/mounts that are real, local and worth watching. Network file systems are
/// left out: asking one whose server is gone blocks for ever.
std::vector<Mount> parseMounts(std::string_view mounts);

/// node_filesystem_*: space and inodes of every such mount.
void collectFilesystems(std::string_view mounts, ExpositionWriter& out);

} // namespace pilothouse::metrics
