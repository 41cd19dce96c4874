// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/support/Usage.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace pilothouse::bench {

namespace {

double secondsOf(clockid_t clock)
{
    timespec time{};
    if (clock_gettime(clock, &time) != 0) {
        return 0;
    }
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

pid_t parentOf(pid_t pid)
{
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string text;
    std::getline(file, text);
    // The name in parentheses may hold anything; state and parent follow it.
    const std::size_t end = text.rfind(')');
    constexpr std::size_t kToParent = 4;
    pid_t parent = 0;
    if (end != std::string::npos && text.size() > end + kToParent) {
        std::from_chars(text.data() + end + kToParent, text.data() + text.size(), parent);
    }
    return parent;
}

} // namespace

double cpuSeconds(pid_t pid)
{
    clockid_t clock{};
    return clock_getcpuclockid(pid, &clock) == 0 ? secondsOf(clock) : 0;
}

double ownCpuSeconds()
{
    return secondsOf(CLOCK_PROCESS_CPUTIME_ID);
}

double threadCpuSeconds()
{
    return secondsOf(CLOCK_THREAD_CPUTIME_ID);
}

double residentMegabytes(pid_t pid)
{
    std::ifstream file(fmt::format("/proc/{}/statm", pid));
    double total = 0;
    double resident = 0;
    file >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

double proportionalMegabytes(pid_t pid)
{
    std::ifstream file(fmt::format("/proc/{}/smaps_rollup", pid));
    std::string word;
    while (file >> word) {
        double kibibytes = 0;
        if (word == "Pss:" && file >> kibibytes) {
            return kibibytes * 1024 / 1e6;
        }
    }
    return 0;
}

void findOwnPrograms()
{
    const auto self = std::filesystem::read_symlink("/proc/self/exe");
    const auto programs = self.parent_path().parent_path() / "bin";
    setenv("PILOTHOUSE_BIN_DIR", programs.c_str(), /*replace=*/0);
}

std::vector<pid_t> processTree(pid_t root)
{
    std::vector<std::pair<pid_t, pid_t>> parents;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename().string();
        pid_t pid = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (error == std::errc() && end == name.data() + name.size()) {
            parents.emplace_back(pid, parentOf(pid));
        }
    }
    std::vector<pid_t> tree{root};
    for (std::size_t at = 0; at < tree.size(); ++at) {
        for (const auto& [pid, parent] : parents) {
            if (parent == tree[at] && std::find(tree.begin(), tree.end(), pid) == tree.end()) {
                tree.push_back(pid);
            }
        }
    }
    return tree;
}

} // namespace pilothouse::bench
