// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/traffic/Traffic.h"

#include "app/demo/extraction/Pages.h"
#include "app/demo/http/HttpCall.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pilothouse::demo {

namespace {

constexpr int kMaxUnderWay = 128;
constexpr auto kTimeout = std::chrono::seconds(10);
constexpr double kSwellSeconds = 600;
constexpr double kSwell = 1.0 / 3;
/// The greater, the more the popular pages are asked for; gives a hit ratio around 70 to 80 %.
constexpr double kPopularity = 3.2;

} // namespace

Traffic::Traffic(asio::io_context& context, unsigned short port, double requestsPerSecond)
    : m_context(context), m_port(port), m_rate(requestsPerSecond)
{}

void Traffic::start()
{
    asio::co_spawn(m_context, pace(), asio::detached);
}

asio::awaitable<void> Traffic::pace()
{
    const auto started = std::chrono::steady_clock::now();
    auto next = started;
    asio::steady_timer timer(m_context);
    for (;;) {
        const double elapsed = std::chrono::duration<double>(next - started).count();
        const double rate =
            m_rate * (1 + kSwell * std::sin(2 * std::numbers::pi * elapsed / kSwellSeconds));
        const double gap = std::exponential_distribution<double>(rate)(m_random);
        next += std::chrono::duration_cast<std::chrono::steady_clock::duration>(
            std::chrono::duration<double>(gap));
        timer.expires_at(next);
        co_await timer.async_wait(asio::use_awaitable);
        if (m_underWay >= kMaxUnderWay) {
            ++m_counts.dropped;
            continue;
        }
        asio::co_spawn(m_context, crawl(), asio::detached);
    }
}

asio::awaitable<void> Traffic::crawl()
{
    ++m_underWay;
    ++m_counts.sent;
    Request request{http::verb::post, "/crawl", 11};
    request.set(http::field::content_type, "application/json");
    request.body() = fmt::format("{{\"urls\": [\"/pages/{}\"]}}", popularPage());
    const auto response = co_await call(m_port, std::move(request), kTimeout);
    if (!response.ok() || response->result_int() >= 500) {
        ++m_counts.failed;
    }
    --m_underWay;
}

int Traffic::popularPage()
{
    const double uniform = std::uniform_real_distribution<double>(0, 1)(m_random);
    const int page = static_cast<int>(kPageCount * std::pow(uniform, kPopularity));
    return std::min(page, kPageCount - 1);
}

} // namespace pilothouse::demo
