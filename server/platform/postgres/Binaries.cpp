// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/Binaries.h"

#include "server/platform/process/ChildProcess.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <set>
#include <string>
#include <unistd.h>
#include <vector>

namespace pilothouse::postgres {

namespace {

namespace fs = std::filesystem;

const absl::Duration kVersionLimit = absl::Seconds(10);

bool isExecutable(const fs::path& path)
{
    return access(path.c_str(), X_OK) == 0;
}

/// "postgres (PostgreSQL) 15.8 (Debian …)" → 15; 0 when it is something else.
int majorFromText(const std::string& text)
{
    constexpr std::string_view kMark = "(PostgreSQL) ";
    const std::size_t at = text.find(kMark);
    int major = 0;
    if (at != std::string::npos) {
        const char* begin = text.data() + at + kMark.size();
        std::from_chars(begin, text.data() + text.size(), major);
    }
    return major;
}

/// Debian's folders carry the version; asking every program would cost a process each.
int majorOf(const fs::path& folder)
{
    const std::string parent = folder.parent_path().filename().string();
    int major = 0;
    const auto parsed = std::from_chars(parent.data(), parent.data() + parent.size(), major);
    if (parsed.ec == std::errc() && parsed.ptr == parent.data() + parent.size() && major > 0) {
        return major;
    }
    platform::Command command;
    command.program = folder / "postgres";
    command.arguments = {"--version"};
    const auto result = platform::runCommand(command, kVersionLimit);
    return result.ok() ? majorFromText(result->output) : 0;
}

std::vector<fs::path> usualFolders()
{
    std::vector<fs::path> folders;
    const char* path = std::getenv("PATH");
    std::string rest = path == nullptr ? "" : path;
    while (!rest.empty()) {
        const std::size_t colon = rest.find(':');
        folders.emplace_back(rest.substr(0, colon));
        rest = colon == std::string::npos ? "" : rest.substr(colon + 1);
    }
    std::error_code error;
    for (const char* root : {"/usr/lib/postgresql", "/usr/local/lib/postgresql"}) {
        for (const auto& entry : fs::directory_iterator(root, error)) {
            folders.push_back(entry.path() / "bin");
        }
    }
    for (const auto& entry : fs::directory_iterator("/usr", error)) {
        if (entry.path().filename().string().rfind("pgsql", 0) == 0) {
            folders.push_back(entry.path() / "bin");
        }
    }
    return folders;
}

bool isInstallation(const fs::path& folder)
{
    return isExecutable(folder / "initdb") && isExecutable(folder / "postgres");
}

absl::Status notFound(std::optional<int> major, const std::set<int>& found)
{
    std::string versions;
    for (const int version : found) {
        versions += (versions.empty() ? "" : ", ") + std::to_string(version);
    }
    if (major) {
        return withHint(
            absl::NotFoundError(fmt::format(
                "PostgreSQL {} is not installed{}",
                *major,
                versions.empty() ? "" : ", only " + versions)),
            fmt::format(
                "Install postgresql-{}, or set database.binaries to its bin folder.", *major));
    }
    return withHint(
        absl::NotFoundError("PostgreSQL is not installed: initdb is neither in PATH nor in "
                            "/usr/lib/postgresql/*/bin"),
        "Install postgresql, set database.binaries to its bin folder, or set database.url.");
}

} // namespace

bool Binaries::hasLibrary(const char* name) const
{
    const std::string file = std::string(name) + ".so";
    std::error_code error;
    return fs::exists(folder.parent_path() / "lib" / file, error) ||
           fs::exists(folder.parent_path() / "lib/postgresql" / file, error);
}

absl::StatusOr<Binaries> findBinaries(const fs::path& configured, std::optional<int> major)
{
    if (!configured.empty() && !isInstallation(configured)) {
        return withHint(
            absl::NotFoundError(fmt::format(
                "database.binaries is {}, which has no initdb and postgres", configured.string())),
            "Set it to the bin folder of a PostgreSQL installation.");
    }
    std::set<int> found;
    Binaries best;
    for (const auto& folder :
         configured.empty() ? usualFolders() : std::vector<fs::path>{configured}) {
        if (!isInstallation(folder)) {
            continue;
        }
        std::error_code error;
        const fs::path real = fs::canonical(folder / "postgres", error).parent_path();
        const int version = majorOf(real.empty() ? folder : real);
        found.insert(version);
        if (version > best.major && (!major || version == *major)) {
            best = {real.empty() ? folder : real, version};
        }
    }
    return best.major > 0 ? absl::StatusOr<Binaries>(best) : notFound(major, found);
}

} // namespace pilothouse::postgres
