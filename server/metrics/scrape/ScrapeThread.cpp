// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/scrape/ScrapeThread.h"

#include <boost/asio/post.hpp>

#include <chrono>
#include <utility>

namespace pilothouse::metrics {

namespace {

auto toChrono(absl::Duration duration)
{
    return std::chrono::nanoseconds(absl::ToInt64Nanoseconds(duration));
}

} // namespace

ScrapeThread::ScrapeThread() : m_work(m_context.get_executor()) {}

ScrapeThread::~ScrapeThread()
{
    stop();
}

void ScrapeThread::every(absl::Duration period, std::function<void()> work)
{
    m_periodics.push_back(
        {.timer = boost::asio::steady_timer(m_context), .period = period, .work = std::move(work)});
    m_periodics.back().timer.expires_after(toChrono(period));
    arm(m_periodics.back());
}

void ScrapeThread::arm(Periodic& periodic)
{
    periodic.timer.async_wait([this, &periodic](const boost::system::error_code& error) {
        if (error) {
            return;
        }
        periodic.work();
        const auto now = std::chrono::steady_clock::now();
        auto next = periodic.timer.expiry() + toChrono(periodic.period);
        if (next < now) {
            next = now + toChrono(periodic.period);
        }
        periodic.timer.expires_at(next);
        arm(periodic);
    });
}

void ScrapeThread::start()
{
    m_thread = std::thread([this] { m_context.run(); });
}

void ScrapeThread::post(std::function<void()> work)
{
    boost::asio::post(m_context, std::move(work));
}

void ScrapeThread::stop(const std::function<void()>& last)
{
    if (!m_thread.joinable()) {
        return;
    }
    post([this, last] {
        if (last) {
            last();
        }
        m_context.stop();
    });
    m_thread.join();
}

} // namespace pilothouse::metrics
