// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/scrape/TargetLoop.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// Scrapes all targets, each in its own turn of the interval. On the io_context's thread.
class Scraper
{
public:
    Scraper(boost::asio::io_context& io, Store& store, const Clock& clock, TargetBoard& board);

    /// Begins with new targets, ends those that are gone, leaves the others alone.
    void setTargets(const std::vector<ScrapeTarget>& targets);
    /// Every series ends: the server stops.
    void endAll();

private:
    ScrapeContext m_context;
    std::map<std::string, std::unique_ptr<TargetLoop>> m_loops;
};

} // namespace pilothouse::metrics
