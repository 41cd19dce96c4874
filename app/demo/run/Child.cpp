// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/run/Child.h"

#include <fmt/format.h>

#include <boost/dll/runtime_symbol_info.hpp>
#include <boost/process/args.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <boost/process/search_path.hpp>

#include <chrono>
#include <csignal>
#include <thread>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace pilothouse::demo {

namespace {

namespace bp = boost::process;

constexpr auto kStopPoll = std::chrono::milliseconds(5);

#ifdef __linux__
/// In the child, before it becomes its program.
struct EndsWithParent : bp::extend::handler
{
    pid_t parent = ::getpid();

    template <typename Executor>
    void on_exec_setup(Executor& /*executor*/) const
    {
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (::getppid() != parent) {
            ::_exit(1); // it ended meanwhile
        }
    }
};
#else
struct EndsWithParent : bp::extend::handler
{};
#endif

} // namespace

Child::~Child()
{
    stop();
}

absl::StatusOr<Child> Child::start(
    std::string name,
    const std::filesystem::path& program,
    const std::vector<std::string>& arguments,
    const std::filesystem::path& log)
{
    Child result;
    result.m_name = std::move(name);
    result.m_log = log;
    std::error_code error;
    result.m_child = bp::child(
        bp::exe = program.string(),
        bp::args = arguments,
        bp::std_in<result.m_in, bp::std_out> result.m_out,
        bp::std_err > log.string(),
        EndsWithParent(),
        error);
    if (error) {
        return absl::UnavailableError(fmt::format(
            "cannot start {} ({}): {}", result.m_name, program.string(), error.message()));
    }
    return result;
}

absl::StatusOr<std::string> Child::readLine(const std::string& prefix)
{
    for (std::string line; std::getline(m_out, line);) {
        if (line.starts_with(prefix)) {
            return line;
        }
    }
    return absl::UnavailableError(
        fmt::format("{} ended before it was ready; its log is {}", m_name, m_log.string()));
}

bool Child::running()
{
    std::error_code error;
    return m_child.valid() && m_child.running(error);
}

void Child::stop(std::chrono::milliseconds patience)
{
    if (!running()) {
        return;
    }
    m_in.close();
    m_in.pipe().close();
    std::error_code error;
#ifndef _WIN32
    ::kill(m_child.id(), SIGTERM);
#endif
    // child::wait_for sleeps through an end that comes before it has begun to wait.
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (running() && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(kStopPoll);
    }
    if (running()) {
        m_child.terminate(error);
    }
}

std::filesystem::path findProgram(const std::string& name)
{
    const std::filesystem::path beside =
        std::filesystem::path(boost::dll::program_location().parent_path().string()) / name;
    return std::filesystem::exists(beside) ? beside : findSystemProgram(name);
}

std::filesystem::path findSystemProgram(const std::string& name)
{
    auto path = boost::this_process::path();
    path.emplace_back("/usr/sbin");
    return bp::search_path(name, path).string();
}

} // namespace pilothouse::demo
