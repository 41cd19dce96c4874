// SPDX-License-Identifier: Apache-2.0
#include "shared/base/WorkspacePath.h"

#include <cstdlib>
#include <string>

#ifndef _WIN32
#include <unistd.h>
#endif

namespace pilothouse {

namespace {

std::string environment(const char* name)
{
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets it
    return value == nullptr ? std::string() : std::string(value);
}

} // namespace

std::filesystem::path localWorkspacePath()
{
    if (const std::string chosen = environment("PILOTHOUSE_WORKSPACE"); !chosen.empty()) {
        return chosen;
    }
#if defined(_WIN32)
    return std::filesystem::path(environment("LOCALAPPDATA")) / "Pilothouse" / "local";
#else
    if (geteuid() == 0) {
        return "/var/lib/pilothouse/local";
    }
    const std::filesystem::path home = environment("HOME");
#if defined(__APPLE__)
    return home / "Library" / "Application Support" / "Pilothouse" / "local";
#else
    const std::string data = environment("XDG_DATA_HOME");
    return (data.empty() ? home / ".local" / "share" : std::filesystem::path(data)) / "pilothouse" /
           "local";
#endif
#endif
}

} // namespace pilothouse
