// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/scrape/TargetBoard.h"
#include "server/metrics/scrape/TargetRecorder.h"
#include "server/platform/http_client/HttpClient.h"
#include "shared/base/Clock.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <string>

namespace pilothouse::metrics {

/// What all loops share. Lives on the scrapes' thread.
struct ScrapeContext
{
    boost::asio::io_context& io;
    Store& store;
    const Clock& clock;
    TargetBoard& board;
    /// Scrapes under way, at most kMaxInFlight.
    int inFlight = 0;

    static constexpr int kMaxInFlight = 1000;
};

/// Scrapes one target in its turn, for as long as it lives. On the io_context's thread.
class TargetLoop
{
public:
    /// The context must outlive the loop.
    TargetLoop(ScrapeContext& context, ScrapeTarget target);
    /// Drops a scrape under way; the series stay as they are.
    ~TargetLoop();
    TargetLoop(const TargetLoop&) = delete;
    TargetLoop& operator=(const TargetLoop&) = delete;

    const ScrapeTarget& target() const { return m_target; }
    /// The target was removed: its series end now.
    void end();

private:
    void arm();
    void scrape();
    void finish(absl::Time time, const absl::StatusOr<platform::HttpReply>& reply);

    ScrapeContext& m_context;
    const ScrapeTarget m_target;
    const std::string m_key;
    const absl::Duration m_offset;
    const platform::HttpGet m_request;
    platform::HttpClient m_client;
    TargetRecorder m_recorder;
    boost::asio::steady_timer m_timer;
    absl::Time m_turn = absl::InfinitePast();
    /// Shared with handlers that may already be queued when the loop goes.
    std::shared_ptr<const bool> m_alive = std::make_shared<const bool>(true);
};

} // namespace pilothouse::metrics
