// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/scrape/Scraper.h"

namespace pilothouse::metrics {

Scraper::Scraper(boost::asio::io_context& io, Store& store, const Clock& clock, TargetBoard& board)
    : m_context{.io = io, .store = store, .clock = clock, .board = board}
{}

void Scraper::setTargets(const std::vector<ScrapeTarget>& targets)
{
    std::map<std::string, std::unique_ptr<TargetLoop>> next;
    for (const ScrapeTarget& target : targets) {
        const std::string key = target.key();
        const auto found = m_loops.find(key);
        if (found != m_loops.end() && found->second->target() == target) {
            next.insert(m_loops.extract(found));
        } else if (found != m_loops.end()) {
            // Another interval or limit: the same series go on. The old loop goes first, so that it
            // does not take the new one off the board.
            m_loops.erase(found);
            next.emplace(key, std::make_unique<TargetLoop>(m_context, target));
        } else if (next.count(key) == 0) {
            next.emplace(key, std::make_unique<TargetLoop>(m_context, target));
        }
    }
    for (const auto& [key, loop] : m_loops) {
        loop->end();
    }
    m_loops = std::move(next);
}

void Scraper::endAll()
{
    setTargets({});
}

} // namespace pilothouse::metrics
