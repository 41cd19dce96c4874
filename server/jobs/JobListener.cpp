// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/JobListener.h"

#include "server/jobs/JobStore.h"

#include <spdlog/spdlog.h>

#include <chrono>

namespace pilothouse::jobs {

namespace {

/// How soon it notices that it should stop.
constexpr absl::Duration kWait = absl::Milliseconds(500);

} // namespace

JobListener::JobListener(const postgres::Database& database, Calls calls)
    : m_database(database), m_calls(std::move(calls)), m_thread([this] { run(); })
{}

JobListener::~JobListener()
{
    m_isStopping.store(true);
    m_thread.join();
}

void JobListener::run()
{
    while (!m_isStopping.load()) {
        listen();
        if (!m_isStopping.load()) {
            std::this_thread::sleep_for(absl::ToChronoMilliseconds(kWait));
        }
    }
}

void JobListener::listen()
{
    const auto listener = m_database.listen({JobStore::kChannel});
    if (!listener.ok()) {
        spdlog::debug("jobs: not listening: {}", std::string(listener.status().message()));
        return;
    }
    // What was told before is not known.
    m_calls.work();
    m_calls.stops();
    while (!m_isStopping.load()) {
        const auto heard = (*listener)->wait(kWait);
        if (!heard.ok()) {
            return;
        }
        for (const postgres::Listener::Notification& one : *heard) {
            one.payload == "cancel" ? m_calls.stops() : m_calls.work();
        }
    }
}

} // namespace pilothouse::jobs
