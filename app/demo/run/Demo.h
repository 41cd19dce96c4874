// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/run/Child.h"
#include "app/demo/run/DemoState.h"
#include "app/demo/run/Registrar.h"

#include <absl/status/status.h>

#include <boost/interprocess/sync/file_lock.hpp>

#include <filesystem>
#include <optional>
#include <vector>

namespace pilothouse::demo {

struct DemoOptions
{
    /// Data directory of the server; the demo's own files live in its folder "demo".
    std::filesystem::path workspace;
    /// Server and workload only, no console.
    bool headless = false;
    double requestsPerSecond = 110;
};

/// The whole demo: the extraction service as blue and green behind a private HAProxy, a bounded
/// load, a pilothoused that scrapes them, and the console. Everything listens on loopback and stops
/// together.
class Demo
{
public:
    explicit Demo(DemoOptions options);

    /// Runs until the console is closed, the server ends, or SIGINT or SIGTERM comes.
    absl::Status run();

private:
    /// FAILED_PRECONDITION when another demo runs on the workspace: it would lose its targets.
    absl::Status lockWorkspace();
    /// FAILED_PRECONDITION when a server holds the workspace and goes on holding it.
    absl::Status awaitEarlierServer();
    absl::Status startWorkload();
    absl::Status startColour(const char* colour, const char* version, unsigned short& port);
    absl::Status startServer();
    absl::Status startTraffic(unsigned short port, const char* name, double rate);
    absl::Status startConsole();
    void printCommands() const;
    absl::Status waitForEnd();

    DemoOptions m_options;
    std::filesystem::path m_folder;
    boost::interprocess::file_lock m_lock;
    DemoState m_state;
    /// In order of start; stopped in reverse.
    std::vector<Child> m_children;
    /// While the server runs.
    std::optional<Registrar> m_registrar;
};

} // namespace pilothouse::demo
