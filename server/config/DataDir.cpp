// SPDX-License-Identifier: Apache-2.0
#include "server/config/Config.h"

#include <cstdlib>
#include <pwd.h>
#include <unistd.h>

namespace pilothouse::config {

namespace {

std::filesystem::path absoluteFromEnvironment(const char* name)
{
    const char* value = std::getenv(name);
    const std::filesystem::path path = value == nullptr ? "" : value;
    return path.is_absolute() ? path : std::filesystem::path();
}

std::filesystem::path homeFolder()
{
    if (auto home = absoluteFromEnvironment("HOME"); !home.empty()) {
        return home;
    }
    const passwd* account = getpwuid(getuid());
    return account == nullptr ? "/" : account->pw_dir;
}

} // namespace

std::filesystem::path defaultDataDir()
{
    if (geteuid() == 0) {
        return "/var/lib/pilothouse";
    }
    if (const auto data = absoluteFromEnvironment("XDG_DATA_HOME"); !data.empty()) {
        return data / "pilothouse";
    }
    return homeFolder() / ".local/share/pilothouse";
}

} // namespace pilothouse::config
