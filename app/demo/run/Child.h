// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/status/statusor.h>

#include <boost/process/child.hpp>
#include <boost/process/pipe.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace pilothouse::demo {

/// A child process of the demo, which never outlives it, however it ends: on Linux the kernel asks
/// it to end then (so start children on a thread that lives as long), and its standard input, a
/// pipe that nobody writes to, closes. Standard error goes to a log file.
class Child
{
public:
    Child() = default;
    Child(Child&&) = default;
    Child& operator=(Child&&) = default;
    /// Stops it.
    ~Child();

    static absl::StatusOr<Child> start(
        std::string name,
        const std::filesystem::path& program,
        const std::vector<std::string>& arguments,
        const std::filesystem::path& log);

    /// Next line of its standard output that begins with `prefix`; blocks until then. UNAVAILABLE
    /// when the child ends before, naming the log.
    absl::StatusOr<std::string> readLine(const std::string& prefix);

    bool running();
    /// Asks it to end, waits, and kills it when it does not.
    void stop(std::chrono::milliseconds patience = std::chrono::seconds(12));
    const std::string& name() const { return m_name; }

private:
    std::string m_name;
    std::filesystem::path m_log;
    boost::process::opstream m_in;
    boost::process::ipstream m_out;
    boost::process::child m_child;
};

/// One of our own programs: beside this one, else on the PATH.
std::filesystem::path findProgram(const std::string& name);
/// A program of the system; empty when it is not installed. /usr/sbin counts, whatever the PATH
/// says.
std::filesystem::path findSystemProgram(const std::string& name);

} // namespace pilothouse::demo
