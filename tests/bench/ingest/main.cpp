// SPDX-License-Identifier: Apache-2.0
// The real pilothoused beside Debian's prometheus, both scraping the reference load (200 targets of
// 500 series every second) from the same generator at the same time. Prints CPU and resident memory
// of both and their ratios:  bench_ingest [SECONDS] [TARGETS]
#include "tests/bench/ingest/TargetServer.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// A child that ends with this object.
class Child
{
public:
    Child(const std::vector<std::string>& command, const fs::path& log)
    {
        m_pid = ::fork();
        if (m_pid == 0) {
            const int out = ::open(log.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
            ::dup2(out, 1);
            ::dup2(out, 2);
            std::vector<char*> arguments;
            for (const std::string& argument : command) {
                arguments.push_back(const_cast<char*>(argument.c_str()));
            }
            arguments.push_back(nullptr);
            ::execv(arguments[0], arguments.data());
            std::_Exit(127);
        }
    }
    explicit Child(pid_t pid) : m_pid(pid) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child()
    {
        ::kill(m_pid, SIGTERM);
        for (int tries = 0; tries < 100; ++tries) {
            if (::waitpid(m_pid, nullptr, WNOHANG) == m_pid) {
                return;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
    }

    pid_t pid() const { return m_pid; }
    bool isRunning() const { return ::waitpid(m_pid, nullptr, WNOHANG) == 0; }

private:
    pid_t m_pid = -1;
};

struct Usage
{
    double cpuSeconds = 0;
    double residentMegabytes = 0;
};

Usage usageOf(pid_t pid)
{
    std::ifstream stat(fmt::format("/proc/{}/stat", pid));
    std::string text((std::istreambuf_iterator<char>(stat)), {});
    text.erase(0, text.rfind(')') + 2); // the name may hold blanks
    Usage usage;
    std::array<unsigned long long, 24> fields{};
    std::size_t at = 0;
    for (std::size_t field = 0; field < fields.size() && at < text.size(); ++field) {
        fields[field] = std::strtoull(text.c_str() + at, nullptr, 10);
        at = text.find(' ', at) + 1;
    }
    constexpr std::size_t kUserTime = 11; // counted from the state
    usage.cpuSeconds =
        double(fields[kUserTime] + fields[kUserTime + 1]) / double(::sysconf(_SC_CLK_TCK));
    std::ifstream statm(fmt::format("/proc/{}/statm", pid));
    unsigned long long total = 0;
    unsigned long long resident = 0;
    statm >> total >> resident;
    usage.residentMegabytes = double(resident) * double(::sysconf(_SC_PAGESIZE)) / 1e6;
    return usage;
}

std::string targetList(int targets, int port, char quote)
{
    std::string list;
    for (int target = 1; target <= targets; ++target) {
        list += fmt::format(
            "{}{}127.0.1.{}:{}{}", list.empty() ? "" : ", ", quote, target, port, quote);
    }
    return list;
}

void write(const fs::path& path, const std::string& text)
{
    std::ofstream(path) << text;
}

void report(const char* name, const Usage& before, const Usage& after, double samples)
{
    fmt::print(
        "{:<12} CPU {:7.2f} s ({:.3f} s per M samples)   RSS {:7.1f} MB\n",
        name,
        after.cpuSeconds - before.cpuSeconds,
        (after.cpuSeconds - before.cpuSeconds) * 1e6 / samples,
        after.residentMegabytes);
}

} // namespace

int main(int argc, char** argv)
{
    const int seconds = argc > 1 ? std::atoi(argv[1]) : 220;
    const int targets = argc > 2 ? std::min(std::atoi(argv[2]), 254) : 200;
    const fs::path ours = fs::path(argv[0]).parent_path().parent_path() / "bin" / "pilothoused";
    const fs::path theirs = "/usr/bin/prometheus";
    for (const fs::path& program : {ours, theirs}) {
        if (!fs::exists(program)) {
            fmt::print("{} is not there: nothing to compare\n", program.string());
            return 77;
        }
    }
    const fs::path folder = fs::temp_directory_path() / fmt::format("bench-ingest-{}", ::getpid());
    fs::create_directories(folder);
    pilothouse::bench::TargetServer server(targets);
    const pid_t generatorPid = ::fork();
    if (generatorPid == 0) {
        server.serve();
    }
    const Child generator(generatorPid);
    write(
        folder / "prometheus.yml",
        fmt::format(
            "global: {{scrape_interval: 1s, scrape_timeout: 1s}}\n"
            "scrape_configs:\n  - job_name: bench\n    static_configs: [{{targets: [{}]}}]\n",
            targetList(targets, server.port(), '\'')));
    write(
        folder / "pilothouse.toml",
        fmt::format(
            "[redis]\nenabled = false\n[[metrics.scrape]]\njob = \"bench\"\ninterval = \"1s\"\n"
            "targets = [{}]\n",
            targetList(targets, server.port(), '"')));
    {
        const Child prometheus(
            {theirs.string(),
             "--config.file=" + (folder / "prometheus.yml").string(),
             "--storage.tsdb.path=" + (folder / "prometheus").string(),
             "--web.listen-address=127.0.0.1:0"},
            folder / "prometheus.log");
        const Child pilothoused(
            {ours.string(),
             "run",
             "--data-dir",
             (folder / "pilothouse").string(),
             "--config",
             (folder / "pilothouse.toml").string(),
             "--grpc-listen",
             "127.0.0.1:0",
             "--http-listen",
             "127.0.0.1:0"},
            folder / "pilothoused.log");
        constexpr int kWarmUpSeconds = 20; // start, first scrapes, index
        std::this_thread::sleep_for(std::chrono::seconds(kWarmUpSeconds));
        const Usage theirsBefore = usageOf(prometheus.pid());
        const Usage oursBefore = usageOf(pilothoused.pid());
        std::this_thread::sleep_for(std::chrono::seconds(seconds));
        if (!prometheus.isRunning() || !pilothoused.isRunning()) {
            fmt::print("one of them did not run; see the logs in {}\n", folder.string());
            return 1;
        }
        const Usage theirsAfter = usageOf(prometheus.pid());
        const Usage oursAfter = usageOf(pilothoused.pid());
        const double samples = double(seconds) * targets * 500;
        fmt::print("{} targets x 500 series, 1 s, {} s measured\n", targets, seconds);
        report("pilothoused", oursBefore, oursAfter, samples);
        report("prometheus", theirsBefore, theirsAfter, samples);
        fmt::print(
            "ratio        CPU {:.2f}x                                RSS {:.2f}x\n",
            (oursAfter.cpuSeconds - oursBefore.cpuSeconds) /
                (theirsAfter.cpuSeconds - theirsBefore.cpuSeconds),
            oursAfter.residentMegabytes / theirsAfter.residentMegabytes);
    }
    fs::remove_all(folder);
    return 0;
}
