// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/Postmaster.h"

#include <charconv>
#include <fstream>
#include <vector>

namespace pilothouse::postgres {

namespace {

namespace fs = std::filesystem;

// Lines of postmaster.pid, as PostgreSQL's miscadmin.h numbers them.
constexpr std::size_t kPidLine = 0;
constexpr std::size_t kSocketFolderLine = 4;
constexpr std::size_t kStateLine = 7;

std::string trimmed(std::string text)
{
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) {
        text.pop_back();
    }
    return text;
}

} // namespace

std::optional<PostmasterFile> readPostmasterFile(const fs::path& data)
{
    std::ifstream file(data / "postmaster.pid");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        lines.push_back(trimmed(line));
    }
    if (lines.size() <= kPidLine) {
        return std::nullopt;
    }
    PostmasterFile result;
    const std::string& pid = lines[kPidLine];
    std::from_chars(pid.data(), pid.data() + pid.size(), result.pid);
    if (result.pid <= 0) {
        return std::nullopt;
    }
    if (lines.size() > kSocketFolderLine) {
        result.socketFolder = lines[kSocketFolderLine];
    }
    if (lines.size() > kStateLine) {
        result.state = lines[kStateLine];
    }
    return result;
}

bool isPostmasterOf(pid_t pid, const fs::path& data)
{
    const fs::path process = fs::path("/proc") / std::to_string(pid);
    std::error_code error;
    const fs::path folder = fs::read_symlink(process / "cwd", error);
    if (error || folder != fs::canonical(data, error)) {
        return false;
    }
    // The postmaster and its children share folder and program; only the postmaster's own pid
    // stands in the file, but that pid may have gone to one of its orphaned children's successors:
    // the command line of a child is a title ("postgres: checkpointer"), the postmaster's is its
    // arguments.
    std::ifstream file(process / "cmdline");
    std::string program;
    std::getline(file, program, '\0');
    return fs::path(program).filename() == "postgres" && program.find(": ") == std::string::npos;
}

} // namespace pilothouse::postgres
