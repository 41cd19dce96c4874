// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/scrape/TargetLoop.h"

#include <chrono>

namespace pilothouse::metrics {

namespace {

/// A scrape that begins this little after its turn is recorded at its turn: regular times make
/// rates smooth and compress to nothing.
constexpr absl::Duration kTimeTolerance = absl::Milliseconds(5);

Target describeTarget(const ScrapeTarget& target)
{
    Target shown;
    shown.job = target.job;
    shown.url = target.url.toString();
    shown.labels = target.labels;
    shown.interval = target.interval;
    return shown;
}

platform::HttpGet requestTo(const ScrapeTarget& target)
{
    platform::HttpGet request{
        .headers =
            {{"Accept", std::string(kExpositionAccept)},
             {"X-Prometheus-Scrape-Timeout-Seconds",
              std::to_string(absl::ToDoubleSeconds(target.timeout))}},
        .timeout = target.timeout,
        .bodyLimit = static_cast<std::size_t>(target.limits.bodyBytes)};
    if (!target.token.empty()) {
        request.headers.emplace_back("Authorization", "Bearer " + target.token);
    }
    return request;
}

} // namespace

TargetLoop::TargetLoop(ScrapeContext& context, ScrapeTarget target)
    : m_context(context),
      m_target(std::move(target)),
      m_key(m_target.key()),
      m_offset(scrapeOffset(m_key, m_target.interval)),
      m_request(requestTo(m_target)),
      m_client(context.io, m_target.url, m_target.caFile),
      m_recorder(context.store, m_key, m_target.labels, m_target.limits),
      m_timer(context.io)
{
    m_recorder.endEarlierLife(m_context.clock.now(), m_target.interval);
    m_context.board.add(m_key, describeTarget(m_target));
    arm();
}

TargetLoop::~TargetLoop()
{
    if (m_client.isBusy()) {
        --m_context.inFlight;
    }
    m_context.board.remove(m_key);
}

void TargetLoop::end()
{
    m_recorder.end(m_context.clock.now());
}

void TargetLoop::arm()
{
    const absl::Time now = m_context.clock.now();
    const absl::Time next = m_turn + m_target.interval;
    // The turn after the last one, unless that has passed already or the clock jumped.
    const bool isUsual = next > now && next < now + m_target.interval + kTimeTolerance;
    m_turn = isUsual ? next : now + waitForScrape(now, m_target.interval, m_offset);
    m_timer.expires_after(std::chrono::nanoseconds(absl::ToInt64Nanoseconds(m_turn - now)));
    m_timer.async_wait(
        [this, alive = std::weak_ptr<const bool>(m_alive)](const boost::system::error_code& error) {
            if (!error && !alive.expired()) {
                scrape();
            }
        });
}

void TargetLoop::scrape()
{
    if (m_context.inFlight >= ScrapeContext::kMaxInFlight) {
        m_context.board.skipped(m_key, "too many scrapes are under way");
        arm();
        return;
    }
    ++m_context.inFlight;
    const absl::Time now = m_context.clock.now();
    const absl::Time time = absl::AbsDuration(now - m_turn) <= kTimeTolerance ? m_turn : now;
    m_client.get(
        m_target.url.target,
        m_request,
        [this, time](const absl::StatusOr<platform::HttpReply>& reply) { finish(time, reply); });
}

void TargetLoop::finish(absl::Time time, const absl::StatusOr<platform::HttpReply>& reply)
{
    --m_context.inFlight;
    const absl::Duration took = m_context.clock.now() - time;
    using Page = absl::StatusOr<ScrapedPage>;
    const Page page =
        reply.ok() ? Page(ScrapedPage{.contentType = reply->contentType, .body = reply->body})
                   : Page(reply.status());
    m_context.board.report(m_key, time, took, m_recorder.record(time, took, page));
    arm();
}

} // namespace pilothouse::metrics
