// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/targets/FileDiscovery.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <set>

namespace pilothouse::metrics {

namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
/// A list of targets this long is a mistake.
constexpr std::int64_t kMaxFileSize = 16LL << 20;

} // namespace

FileDiscovery::FileDiscovery(std::vector<std::string> patterns) : m_patterns(std::move(patterns)) {}

bool FileDiscovery::refresh()
{
    bool isChanged = false;
    std::set<std::string> found;
    for (const std::string& pattern : m_patterns) {
        for (const std::string& name : filesOf(pattern)) {
            found.insert(name);
        }
    }
    for (const std::string& name : found) {
        const auto [entry, isNew] = m_files.try_emplace(name);
        isChanged = load(name, entry->second) || isNew || isChanged;
    }
    isChanged =
        std::erase_if(m_files, [&](const auto& entry) { return found.count(entry.first) == 0; }) >
            0 ||
        isChanged;
    return isChanged;
}

std::vector<std::string> FileDiscovery::filesOf(const std::string& pattern)
{
    std::vector<std::string> names;
    glob_t matches{};
    if (::glob(pattern.c_str(), 0, nullptr, &matches) == 0) {
        names.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
    }
    ::globfree(&matches);
    return names;
}

bool FileDiscovery::load(const std::string& name, File& file)
{
    struct stat state = {};
    if (::stat(name.c_str(), &state) != 0) {
        return false; // went away just now; the next look sees it
    }
    const Version version{
        .modified = state.st_mtim.tv_sec * kNanosPerSecond + state.st_mtim.tv_nsec,
        .size = state.st_size,
        .inode = state.st_ino};
    if (version == file.version) {
        return false;
    }
    file.version = version;
    if (version.size > kMaxFileSize) {
        file.problem = fmt::format("{}: longer than {} bytes", name, kMaxFileSize);
        return true;
    }
    std::ifstream stream(name, std::ios::binary);
    const std::string text{
        std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (!stream) {
        file.problem = fmt::format("{}: cannot be read", name);
        file.version = {};
        return true;
    }
    auto groups = parseTargetFile(text, name);
    if (!groups.ok()) {
        file.problem = describe(groups.status());
        return true;
    }
    file.problem.clear();
    file.groups = *std::move(groups);
    return true;
}

std::vector<TargetGroup> FileDiscovery::groups() const
{
    std::vector<TargetGroup> groups;
    for (const auto& [name, file] : m_files) {
        groups.insert(groups.end(), file.groups.begin(), file.groups.end());
    }
    return groups;
}

std::vector<std::string> FileDiscovery::problems() const
{
    std::vector<std::string> problems;
    for (const auto& [name, file] : m_files) {
        if (!file.problem.empty()) {
            problems.push_back(file.problem);
        }
    }
    return problems;
}

} // namespace pilothouse::metrics
