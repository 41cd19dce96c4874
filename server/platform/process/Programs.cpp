// SPDX-License-Identifier: Apache-2.0
#include "server/platform/process/Programs.h"

#include <absl/strings/str_split.h>

#include <cstdlib>
#include <unistd.h>
#include <vector>

namespace pilothouse::platform {

std::optional<std::filesystem::path> findProgram(const std::string& name)
{
    const char* path = std::getenv("PATH");
    const std::string folders = std::string(path == nullptr ? "/usr/local/bin:/usr/bin" : path) +
                                ":/usr/local/sbin:/usr/sbin";
    for (const std::string& folder : std::vector<std::string>(absl::StrSplit(folders, ':'))) {
        std::filesystem::path program = std::filesystem::path(folder) / name;
        if (program.is_absolute() && access(program.c_str(), X_OK) == 0) {
            return program;
        }
    }
    return std::nullopt;
}

} // namespace pilothouse::platform
