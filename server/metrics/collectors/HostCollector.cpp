// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/collectors/HostCollector.h"

#include "server/metrics/collectors/HostFilesystems.h"
#include "server/metrics/collectors/ProcFile.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace pilothouse::metrics {

namespace {

constexpr double kBytesPerKiB = 1024;
constexpr double kBytesPerSector = 512;
constexpr double kMillisPerSecond = 1000;
constexpr double kMicrosPerSecond = 1e6;

double ticksPerSecond()
{
    return static_cast<double>(sysconf(_SC_CLK_TCK));
}

/// A column of a table whose rows become samples of one family.
struct Column
{
    std::string_view name;
    std::string_view help;
    std::size_t word;
    bool isCounter = true;
    double factor = 1;
    /// Dividing keeps decimals short, where a factor of 0.001 would not.
    double divisor = 1;
};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Partitions and pseudo devices, left out as node_exporter does: their disk has it all.
bool isIgnoredDisk(std::string_view device)
{
    const auto startsWith = [&](std::string_view prefix) {
        return device.substr(0, prefix.size()) == prefix;
    };
    if (device.empty() || startsWith("ram") || startsWith("loop") || startsWith("fd")) {
        return true;
    }
    if (!isDigit(device.back())) {
        return false;
    }
    if (startsWith("nvme") || startsWith("mmcblk")) {
        return device.find('p') != std::string_view::npos;
    }
    return startsWith("sd") || startsWith("hd") || startsWith("vd") || startsWith("xvd");
}

void writeTable(
    ExpositionWriter& out,
    const std::vector<Column>& columns,
    const std::vector<std::pair<std::string, std::vector<std::string_view>>>& rows)
{
    for (const Column& column : columns) {
        if (column.isCounter) {
            out.counter(column.name, column.help);
        } else {
            out.gauge(column.name, column.help);
        }
        for (const auto& [device, words] : rows) {
            if (column.word < words.size()) {
                out.sample(
                    column.name,
                    {{"device", device}},
                    numberOf(words[column.word]) * column.factor / column.divisor);
            }
        }
    }
}

} // namespace

HostCollector::HostCollector(std::filesystem::path proc) : m_proc(std::move(proc)) {}

absl::Status HostCollector::collect(ExpositionWriter& out)
{
    PH_RETURN_IF_ERROR(collectStat(out));
    PH_RETURN_IF_ERROR(collectLoad(out));
    PH_RETURN_IF_ERROR(collectMemory(out));
    PH_RETURN_IF_ERROR(collectDisks(out));
    PH_RETURN_IF_ERROR(collectNetwork(out));
    PH_RETURN_IF_ERROR(collectSockets(out));
    PH_RETURN_IF_ERROR(collectDescriptors(out));
    PH_RETURN_IF_ERROR(collectVirtualMemory(out));
    PH_ASSIGN_OR_RETURN(const std::string mounts, readProcFile(m_proc / "self" / "mounts"));
    collectFilesystems(mounts, out);
    collectPressure(out);
    collectIdentity(out);
    return absl::OkStatus();
}

absl::Status HostCollector::collectStat(ExpositionWriter& out) const
{
    static constexpr std::array<std::string_view, 8> kModes = {
        "user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"};
    static constexpr std::array<std::string_view, 2> kGuestModes = {"user", "nice"};
    PH_ASSIGN_OR_RETURN(const std::string text, readProcFile(m_proc / "stat"));
    const auto lines = linesOf(text);
    const double ticks = ticksPerSecond();
    std::vector<std::vector<std::string_view>> processors;
    for (const std::string_view line : lines) {
        if (line.substr(0, 3) == "cpu" && line.size() > 3 && isDigit(line[3])) {
            processors.push_back(wordsOf(line));
        }
    }
    out.counter("node_cpu_seconds_total", "Seconds the CPUs spent in each mode.");
    for (const auto& words : processors) {
        for (std::size_t mode = 0; mode < kModes.size() && mode + 1 < words.size(); ++mode) {
            out.sample(
                "node_cpu_seconds_total",
                {{"cpu", words[0].substr(3)}, {"mode", kModes[mode]}},
                numberOf(words[mode + 1]) / ticks);
        }
    }
    out.counter(
        "node_cpu_guest_seconds_total", "Seconds the CPUs spent in guests (VMs) for each mode.");
    for (const auto& words : processors) {
        for (std::size_t mode = 0; mode < kGuestModes.size(); ++mode) {
            const std::size_t word = kModes.size() + 1 + mode;
            if (word < words.size()) {
                out.sample(
                    "node_cpu_guest_seconds_total",
                    {{"cpu", words[0].substr(3)}, {"mode", kGuestModes[mode]}},
                    numberOf(words[word]) / ticks);
            }
        }
    }
    for (const std::string_view line : lines) {
        const auto words = wordsOf(line);
        if (words.size() < 2) {
            continue;
        }
        const double value = numberOf(words[1]);
        if (words[0] == "intr") {
            out.counter("node_intr_total", "Total number of interrupts serviced.", value);
        } else if (words[0] == "ctxt") {
            out.counter("node_context_switches_total", "Total number of context switches.", value);
        } else if (words[0] == "btime") {
            out.gauge("node_boot_time_seconds", "Node boot time, in unixtime.", value);
        } else if (words[0] == "processes") {
            out.counter("node_forks_total", "Total number of forks.", value);
        } else if (words[0] == "procs_running") {
            out.gauge("node_procs_running", "Number of processes in runnable state.", value);
        } else if (words[0] == "procs_blocked") {
            out.gauge("node_procs_blocked", "Number of processes blocked waiting for I/O.", value);
        }
    }
    return absl::OkStatus();
}

absl::Status HostCollector::collectLoad(ExpositionWriter& out) const
{
    PH_ASSIGN_OR_RETURN(const std::string text, readProcFile(m_proc / "loadavg"));
    const auto words = wordsOf(text);
    if (words.size() < 3) {
        return absl::DataLossError("loadavg has fewer than three numbers");
    }
    out.gauge("node_load1", "1m load average.", numberOf(words[0]));
    out.gauge("node_load5", "5m load average.", numberOf(words[1]));
    out.gauge("node_load15", "15m load average.", numberOf(words[2]));
    return absl::OkStatus();
}

absl::Status HostCollector::collectMemory(ExpositionWriter& out) const
{
    PH_ASSIGN_OR_RETURN(const std::string text, readProcFile(m_proc / "meminfo"));
    for (const std::string_view line : linesOf(text)) {
        const auto words = wordsOf(line);
        if (words.size() < 2 || words[0].back() != ':') {
            continue;
        }
        // "Active(anon):" becomes Active_anon, "DirectMap4k" stays.
        std::string field;
        for (const char c : words[0].substr(0, words[0].size() - 1)) {
            if (c == '(') {
                field += '_';
            } else if (c != ')') {
                field += c;
            }
        }
        const bool isSize = words.size() > 2 && words[2] == "kB";
        const std::string name = fmt::format("node_memory_{}{}", field, isSize ? "_bytes" : "");
        out.gauge(
            name,
            fmt::format("Memory information field {}.", name),
            numberOf(words[1]) * (isSize ? kBytesPerKiB : 1));
    }
    return absl::OkStatus();
}

absl::Status HostCollector::collectDisks(ExpositionWriter& out) const
{
    static const std::vector<Column> kColumns = {
        {"node_disk_reads_completed_total", "Reads completed successfully.", 3},
        {"node_disk_reads_merged_total", "Reads merged.", 4},
        {"node_disk_read_bytes_total", "Bytes read.", 5, true, kBytesPerSector},
        {"node_disk_read_time_seconds_total",
         "Seconds spent by all reads.",
         6,
         true,
         1,
         kMillisPerSecond},
        {"node_disk_writes_completed_total", "Writes completed successfully.", 7},
        {"node_disk_writes_merged_total", "Writes merged.", 8},
        {"node_disk_written_bytes_total", "Bytes written.", 9, true, kBytesPerSector},
        {"node_disk_write_time_seconds_total",
         "Seconds spent by all writes.",
         10,
         true,
         1,
         kMillisPerSecond},
        {"node_disk_io_now", "I/Os currently in progress.", 11, false},
        {"node_disk_io_time_seconds_total",
         "Seconds spent doing I/Os.",
         12,
         true,
         1,
         kMillisPerSecond},
        {"node_disk_io_time_weighted_seconds_total",
         "Weighted seconds spent doing I/Os.",
         13,
         true,
         1,
         kMillisPerSecond}};
    PH_ASSIGN_OR_RETURN(const std::string text, readProcFile(m_proc / "diskstats"));
    std::vector<std::pair<std::string, std::vector<std::string_view>>> rows;
    for (const std::string_view line : linesOf(text)) {
        auto words = wordsOf(line);
        if (words.size() > 13 && !isIgnoredDisk(words[2])) {
            std::string device(words[2]);
            rows.emplace_back(std::move(device), std::move(words));
        }
    }
    writeTable(out, kColumns, rows);
    return absl::OkStatus();
}

absl::Status HostCollector::collectNetwork(ExpositionWriter& out) const
{
    static const std::vector<Column> kColumns = {
        {"node_network_receive_bytes_total", "Bytes received.", 0},
        {"node_network_receive_packets_total", "Packets received.", 1},
        {"node_network_receive_errs_total", "Receive errors.", 2},
        {"node_network_receive_drop_total", "Received packets dropped.", 3},
        {"node_network_receive_fifo_total", "Receive FIFO errors.", 4},
        {"node_network_receive_frame_total", "Receive frame errors.", 5},
        {"node_network_receive_compressed_total", "Compressed packets received.", 6},
        {"node_network_receive_multicast_total", "Multicast packets received.", 7},
        {"node_network_transmit_bytes_total", "Bytes sent.", 8},
        {"node_network_transmit_packets_total", "Packets sent.", 9},
        {"node_network_transmit_errs_total", "Transmit errors.", 10},
        {"node_network_transmit_drop_total", "Packets to send dropped.", 11},
        {"node_network_transmit_fifo_total", "Transmit FIFO errors.", 12},
        {"node_network_transmit_colls_total", "Collisions.", 13},
        {"node_network_transmit_carrier_total", "Carrier losses.", 14},
        {"node_network_transmit_compressed_total", "Compressed packets sent.", 15}};
    PH_ASSIGN_OR_RETURN(const std::string text, readProcFile(m_proc / "net" / "dev"));
    std::vector<std::pair<std::string, std::vector<std::string_view>>> rows;
    for (const std::string_view line : linesOf(text)) {
        const std::size_t colon = line.rfind(':');
        if (colon == std::string_view::npos) {
            continue; // the two lines of headings
        }
        const auto device = wordsOf(line.substr(0, colon));
        if (device.size() == 1) {
            rows.emplace_back(std::string(device[0]), wordsOf(line.substr(colon + 1)));
        }
    }
    writeTable(out, kColumns, rows);
    return absl::OkStatus();
}

absl::Status HostCollector::collectSockets(ExpositionWriter& out) const
{
    PH_ASSIGN_OR_RETURN(const std::string text, readProcFile(m_proc / "net" / "sockstat"));
    for (const std::string_view line : linesOf(text)) {
        const auto words = wordsOf(line);
        for (std::size_t word = 1; word + 1 < words.size(); word += 2) {
            const std::string protocol(words[0].substr(0, words[0].size() - 1));
            const std::string name =
                fmt::format("node_sockstat_{}_{}", protocol, std::string(words[word]));
            out.gauge(
                name,
                fmt::format(
                    "Number of {} sockets in state {}.", protocol, std::string(words[word])),
                numberOf(words[word + 1]));
        }
    }
    return absl::OkStatus();
}

absl::Status HostCollector::collectDescriptors(ExpositionWriter& out) const
{
    PH_ASSIGN_OR_RETURN(const std::string text, readProcFile(m_proc / "sys" / "fs" / "file-nr"));
    const auto words = wordsOf(linesOf(text).empty() ? std::string_view() : linesOf(text).front());
    if (words.size() < 3) {
        return absl::DataLossError("file-nr has fewer than three numbers");
    }
    out.gauge("node_filefd_allocated", "File descriptors allocated.", numberOf(words[0]));
    out.gauge("node_filefd_maximum", "File descriptors allowed.", numberOf(words[2]));
    return absl::OkStatus();
}

absl::Status HostCollector::collectVirtualMemory(ExpositionWriter& out) const
{
    static constexpr std::array<std::string_view, 7> kFields = {
        "oom_kill", "pgpgin", "pgpgout", "pswpin", "pswpout", "pgfault", "pgmajfault"};
    PH_ASSIGN_OR_RETURN(const std::string text, readProcFile(m_proc / "vmstat"));
    for (const std::string_view line : linesOf(text)) {
        const auto words = wordsOf(line);
        if (words.size() == 2 &&
            std::find(kFields.begin(), kFields.end(), words[0]) != kFields.end()) {
            const std::string field(words[0]);
            out.counter(
                "node_vmstat_" + field,
                fmt::format("/proc/vmstat field {}.", field),
                numberOf(words[1]));
        }
    }
    return absl::OkStatus();
}

void HostCollector::collectPressure(ExpositionWriter& out) const
{
    struct Resource
    {
        std::string_view file;
        std::string_view some;
        std::string_view full;
    };
    static constexpr std::array<Resource, 3> kResources = {
        Resource{"cpu", "node_pressure_cpu_waiting_seconds_total", ""},
        Resource{
            "io",
            "node_pressure_io_waiting_seconds_total",
            "node_pressure_io_stalled_seconds_total"},
        Resource{
            "memory",
            "node_pressure_memory_waiting_seconds_total",
            "node_pressure_memory_stalled_seconds_total"}};
    for (const Resource& resource : kResources) {
        // Kernels without pressure stall information have no such file.
        const auto text = readProcFile(m_proc / "pressure" / resource.file);
        if (!text.ok()) {
            continue;
        }
        for (const std::string_view line : linesOf(*text)) {
            const auto words = wordsOf(line);
            constexpr std::string_view kTotal = "total=";
            if (words.empty() || words.back().substr(0, kTotal.size()) != kTotal) {
                continue;
            }
            const std::string_view name = words[0] == "some" ? resource.some : resource.full;
            if (!name.empty()) {
                out.counter(
                    name,
                    "Time in seconds that processes waited for the resource.",
                    numberOf(words.back().substr(kTotal.size())) / kMicrosPerSecond);
            }
        }
    }
}

void HostCollector::collectIdentity(ExpositionWriter& out) const
{
    utsname names{};
    if (uname(&names) == 0) {
        out.gauge("node_uname_info", "System information as the uname call gives it.");
        out.sample(
            "node_uname_info",
            {{"domainname", names.domainname},
             {"machine", names.machine},
             {"nodename", names.nodename},
             {"release", names.release},
             {"sysname", names.sysname},
             {"version", names.version}},
            1);
    }
    const auto now =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch());
    out.gauge("node_time_seconds", "System time in seconds since epoch.", now.count());
}

} // namespace pilothouse::metrics
