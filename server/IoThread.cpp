// SPDX-License-Identifier: Apache-2.0
#include "server/IoThread.h"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <mutex>
#include <pthread.h>

namespace pilothouse {

namespace {

/// A closed socket's operations end one round later, their handlers' posts another one.
constexpr int kLastRounds = 8;

} // namespace

IoThread::IoThread()
    : m_work(m_context.get_executor()), m_thread([this] {
          pthread_setname_np(pthread_self(), "io");
          while (true) {
              try {
                  m_context.run();
                  return;
              } catch (const std::exception& failure) {
                  // A handler must not throw; one that does loses its own work, not everybody's.
                  spdlog::error("the I/O thread caught: {}", failure.what());
              }
          }
      })
{}

IoThread::~IoThread()
{
    stop();
}

void IoThread::stop()
{
    if (!m_thread.joinable()) {
        return;
    }
    stopAfter(kLastRounds);
    m_thread.join();
}

void IoThread::stopAfter(int rounds)
{
    boost::asio::post(m_context, [this, rounds] {
        if (rounds == 0) {
            m_context.stop();
        } else {
            stopAfter(rounds - 1);
        }
    });
}

struct Ticker::State : std::enable_shared_from_this<State>
{
    State(boost::asio::io_context& io, absl::Duration interval, std::function<void()> function)
        : timer(io), period(absl::ToChronoNanoseconds(interval)), work(std::move(function))
    {}

    void arm()
    {
        timer.expires_at(next);
        timer.async_wait([self = shared_from_this()](boost::system::error_code) { self->fire(); });
    }

    void fire()
    {
        {
            const std::lock_guard lock(mutex);
            if (stopped) {
                return;
            }
            work();
        }
        // After a long pause (the machine slept) one call makes up for all that were missed.
        const auto now = std::chrono::steady_clock::now();
        next = std::max(next + period, now);
        arm();
    }

    boost::asio::steady_timer timer;
    const std::chrono::nanoseconds period;
    const std::function<void()> work;
    std::chrono::steady_clock::time_point next = std::chrono::steady_clock::now();
    std::mutex mutex;
    bool stopped = false;
};

Ticker::Ticker(boost::asio::io_context& io, absl::Duration period, std::function<void()> work)
    : m_state(std::make_shared<State>(io, period, std::move(work)))
{
    boost::asio::post(io, [state = m_state] { state->arm(); });
}

Ticker::~Ticker()
{
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->stopped = true;
    }
    boost::asio::post(m_state->timer.get_executor(), [state = m_state] { state->timer.cancel(); });
}

} // namespace pilothouse
