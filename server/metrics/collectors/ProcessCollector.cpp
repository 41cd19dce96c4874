// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/collectors/ProcessCollector.h"

#include "server/metrics/collectors/ProcFile.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace pilothouse::metrics {

namespace {

namespace fs = std::filesystem;

/// Deeper trees than this are not ours.
constexpr int kMaxDepth = 16;

// Words of /proc/PID/stat after the name in parentheses, which may itself hold blanks: word 0 is
// the state.
constexpr std::size_t kUserTicks = 11;
constexpr std::size_t kSystemTicks = 12;
constexpr std::size_t kReapedUserTicks = 13;
constexpr std::size_t kReapedSystemTicks = 14;
constexpr std::size_t kThreads = 17;
constexpr std::size_t kStartTicks = 19;
constexpr std::size_t kVirtualBytes = 20;
constexpr std::size_t kResidentPages = 21;

double entriesIn(const fs::path& folder)
{
    std::error_code error;
    double count = 0;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        ++count;
    }
    return count;
}

double softLimitOfFiles()
{
    rlimit limit{};
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

} // namespace

void ProcessUse::add(const ProcessUse& other)
{
    cpuSeconds += other.cpuSeconds;
    residentBytes += other.residentBytes;
    virtualBytes += other.virtualBytes;
    openFiles += other.openFiles;
    threads += other.threads;
    startTime = processes == 0 ? other.startTime : std::min(startTime, other.startTime);
    processes += other.processes;
}

ProcessCollector::ProcessCollector(fs::path proc, int pid) : m_proc(std::move(proc)), m_pid(pid) {}

absl::Status ProcessCollector::collect(ExpositionWriter& out)
{
    std::map<std::string, ProcessUse> groups;
    for (const int child : childrenOf(m_pid)) {
        const auto leader = useOf(child, /*withReapedChildren=*/true);
        if (!leader.ok()) {
            continue; // ended meanwhile
        }
        addTree(child, groups[leader->name], 0);
    }
    const auto family =
        [&](bool isCounter, std::string_view name, std::string_view help, auto value) {
            if (isCounter) {
                out.counter(name, help);
            } else {
                out.gauge(name, help);
            }
            for (const auto& [process, use] : groups) {
                out.sample(name, {{"process", process}}, value(use));
            }
        };
    family(
        true,
        "process_cpu_seconds_total",
        "User and system CPU time in seconds, of the process and what it started.",
        [](const ProcessUse& use) { return use.cpuSeconds; });
    family(
        false,
        "process_resident_memory_bytes",
        "Resident memory in bytes.",
        [](const ProcessUse& use) { return use.residentBytes; });
    family(
        false,
        "process_virtual_memory_bytes",
        "Virtual memory in bytes.",
        [](const ProcessUse& use) { return use.virtualBytes; });
    family(false, "process_open_fds", "Open file descriptors.", [](const ProcessUse& use) {
        return use.openFiles;
    });
    family(false, "process_threads", "Threads.", [](const ProcessUse& use) { return use.threads; });
    family(
        false,
        "process_start_time_seconds",
        "Start time since unix epoch in seconds.",
        [](const ProcessUse& use) { return use.startTime; });
    family(false, "process_count", "Processes that run.", [](const ProcessUse& use) {
        return static_cast<double>(use.processes);
    });
    return absl::OkStatus();
}

absl::Status ProcessCollector::collectOwn(ExpositionWriter& out) const
{
    PH_ASSIGN_OR_RETURN(const ProcessUse use, useOf(m_pid, /*withReapedChildren=*/false));
    out.counter(
        "process_cpu_seconds_total", "User and system CPU time in seconds.", use.cpuSeconds);
    out.gauge("process_resident_memory_bytes", "Resident memory in bytes.", use.residentBytes);
    out.gauge("process_virtual_memory_bytes", "Virtual memory in bytes.", use.virtualBytes);
    out.gauge("process_open_fds", "Open file descriptors.", use.openFiles);
    out.gauge("process_max_fds", "Open file descriptors that are allowed.", softLimitOfFiles());
    out.gauge("process_threads", "Threads.", use.threads);
    out.gauge(
        "process_start_time_seconds", "Start time since unix epoch in seconds.", use.startTime);
    return absl::OkStatus();
}

absl::StatusOr<ProcessUse> ProcessCollector::useOf(int pid, bool withReapedChildren) const
{
    const fs::path folder = m_proc / std::to_string(pid);
    PH_ASSIGN_OR_RETURN(const std::string text, readProcFile(folder / "stat"));
    const std::size_t open = text.find('(');
    const std::size_t close = text.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close < open) {
        return absl::DataLossError(fmt::format("{} has no name", (folder / "stat").string()));
    }
    const auto words = wordsOf(linesOf(std::string_view(text).substr(close + 1)).front());
    if (words.size() <= kResidentPages) {
        return absl::DataLossError(fmt::format("{} is too short", (folder / "stat").string()));
    }
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    ProcessUse use;
    use.name = text.substr(open + 1, close - open - 1);
    use.cpuSeconds = (numberOf(words[kUserTicks]) + numberOf(words[kSystemTicks])) / ticks;
    if (withReapedChildren) {
        use.cpuSeconds +=
            (numberOf(words[kReapedUserTicks]) + numberOf(words[kReapedSystemTicks])) / ticks;
    }
    use.threads = numberOf(words[kThreads]);
    use.startTime = bootTime() + numberOf(words[kStartTicks]) / ticks;
    use.virtualBytes = numberOf(words[kVirtualBytes]);
    use.residentBytes =
        numberOf(words[kResidentPages]) * static_cast<double>(sysconf(_SC_PAGESIZE));
    use.openFiles = entriesIn(folder / "fd");
    use.processes = 1;
    return use;
}

std::vector<int> ProcessCollector::childrenOf(int pid) const
{
    std::vector<int> children;
    std::error_code error;
    const fs::path tasks = m_proc / std::to_string(pid) / "task";
    for (fs::directory_iterator task(tasks, error), end; !error && task != end;
         task.increment(error)) {
        const auto text = readProcFile(task->path() / "children");
        if (!text.ok()) {
            continue;
        }
        for (const std::string_view word : wordsOf(*text)) {
            const double child = numberOf(word);
            if (child > 0) {
                children.push_back(static_cast<int>(child));
            }
        }
    }
    return children;
}

void ProcessCollector::addTree(int pid, ProcessUse& sum, int depth) const
{
    const auto use = useOf(pid, /*withReapedChildren=*/true);
    if (!use.ok()) {
        return;
    }
    sum.add(*use);
    if (depth < kMaxDepth) {
        for (const int child : childrenOf(pid)) {
            addTree(child, sum, depth + 1);
        }
    }
}

double ProcessCollector::bootTime() const
{
    const auto text = readProcFile(m_proc / "stat");
    if (text.ok()) {
        for (const std::string_view line : linesOf(*text)) {
            if (line.substr(0, 6) == "btime ") {
                return numberOf(line.substr(6));
            }
        }
    }
    return 0;
}

} // namespace pilothouse::metrics
