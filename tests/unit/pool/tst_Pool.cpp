// SPDX-License-Identifier: Apache-2.0
#include "server/platform/pool/Pool.h"
#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"

#include <QTest>

#include <absl/time/clock.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <thread>

using namespace pilothouse;
using test::waitUntil;

namespace {

/// The other side of the connections, as the test wants it to behave.
struct World
{
    std::atomic<int> opened = 0;
    std::atomic<int> closed = 0;
    std::atomic<int> validated = 0;
    std::atomic<bool> refuses = false;
    /// The other side closed the connections up to this number.
    std::atomic<int> deadUpTo = 0;
    std::atomic<bool> failsValidation = false;
    int open() const { return opened - closed; }
};

class Connection final : public platform::PooledConnection
{
public:
    explicit Connection(World& world) : m_world(world), number(++world.opened) {}
    ~Connection() override { ++m_world.closed; }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    bool looksAlive() const override { return number > m_world.deadUpTo; }
    absl::Status validate() override
    {
        ++m_world.validated;
        return m_world.failsValidation ? absl::UnavailableError("gone") : absl::OkStatus();
    }

private:
    World& m_world;

public:
    const int number;
};

using Pool = platform::Pool<Connection>;

} // namespace

class TestPool : public QObject
{
    Q_OBJECT

private:
    World m_world;

    Pool makePool(int minimum, int maximum, absl::Duration timeout = absl::Seconds(20))
    {
        config::Pool options;
        options.minimum = minimum;
        options.maximum = maximum;
        options.acquireTimeout = timeout;
        return Pool("test", options, [this]() -> absl::StatusOr<std::unique_ptr<Connection>> {
            if (m_world.refuses) {
                return absl::UnavailableError("refused");
            }
            return std::make_unique<Connection>(m_world);
        });
    }

private Q_SLOTS:
    void init()
    {
        m_world.opened = 0;
        m_world.closed = 0;
        m_world.validated = 0;
        m_world.refuses = false;
        m_world.deadUpTo = 0;
        m_world.failsValidation = false;
    }

    void minimumIsOpenedInTheBackgroundAndReused()
    {
        const auto pool = makePool(3, 5);
        QVERIFY(waitUntil([&] { return pool.status().idle == 3; }));
        QCOMPARE(m_world.opened.load(), 3);
    }

    void oneConnectionIsLentAgainAndAgain()
    {
        auto pool = makePool(0, 5);
        for (int use = 0; use < 10; ++use) {
            QCOMPARE((*pool.acquire())->number, 1);
        }
        QCOMPARE(pool.status().acquired, std::int64_t(10));
        QCOMPARE(m_world.validated.load(), 0);
    }

    void waitingIsServedInOrderOfArrival()
    {
        auto pool = makePool(0, 1);
        std::mutex mutex;
        std::vector<int> order;
        std::vector<std::thread> threads;
        {
            const auto held = pool.acquire();
            for (int turn = 0; turn < 5; ++turn) {
                threads.emplace_back([&, turn] {
                    const auto lease = pool.acquire();
                    QVERIFY(lease.ok());
                    const std::lock_guard lock(mutex);
                    order.push_back(turn);
                });
                QVERIFY(waitUntil([&] { return pool.status().waiting == turn + 1; }));
            }
        }
        for (auto& thread : threads) {
            thread.join();
        }
        QCOMPARE(order, (std::vector<int>{0, 1, 2, 3, 4}));
        QCOMPARE(m_world.opened.load(), 1);
    }

    void brokenConnectionIsReplacedForWhoWaits()
    {
        auto pool = makePool(0, 1);
        std::optional<Pool::Lease> held(std::move(*pool.acquire()));
        std::thread waiter([&] { QCOMPARE((*pool.acquire())->number, 2); });
        QVERIFY(waitUntil([&] { return pool.status().waiting == 1; }));
        held->markBroken();
        held.reset();
        waiter.join();
        QCOMPARE(m_world.closed.load(), 1);
    }

    void refusedOpeningIsToldToEveryWaiterAtOnce()
    {
        auto pool = makePool(0, 1);
        std::optional<Pool::Lease> held(std::move(*pool.acquire()));
        std::vector<std::thread> waiters;
        for (int waiter = 0; waiter < 3; ++waiter) {
            waiters.emplace_back(
                [&] { QCOMPARE(pool.acquire().status().code(), absl::StatusCode::kUnavailable); });
        }
        QVERIFY(waitUntil([&] { return pool.status().waiting == 3; }));
        m_world.refuses = true;
        held->markBroken();
        held.reset();
        for (auto& waiter : waiters) {
            waiter.join();
        }
        QCOMPARE(pool.status().inUse, 0);
        m_world.refuses = false;
        QVERIFY(pool.acquire().ok());
    }

    void idleConnectionsAreCheckedAfterOneBroke()
    {
        auto pool = makePool(0, 2);
        {
            auto first = pool.acquire();
            const auto second = pool.acquire();
            QVERIFY(second.ok());
            first->markBroken();
        }
        // The one that did not break was returned before the other: it is checked once, then
        // trusted.
        QVERIFY(pool.acquire().ok());
        QVERIFY(pool.acquire().ok());
        QCOMPARE(m_world.validated.load(), 1);
        pool.invalidate();
        m_world.failsValidation = true;
        QCOMPARE((*pool.acquire())->number, 3);
    }

    void deadConnectionsAreNeverLent()
    {
        auto pool = makePool(0, 4);
        {
            const auto first = pool.acquire();
            const auto second = pool.acquire();
            QVERIFY(first.ok() && second.ok());
        }
        QCOMPARE(pool.status().idle, 2);
        m_world.deadUpTo = 2;
        QCOMPARE((*pool.acquire())->number, 3);
        QCOMPARE(m_world.closed.load(), 2);
        QCOMPARE(pool.status().inUse, 0);
    }

    void deadlineBeatsTheAcquireTimeout()
    {
        auto pool = makePool(0, 1);
        const auto held = pool.acquire();
        const auto late = pool.acquire(absl::Now() + absl::Milliseconds(30));
        QCOMPARE(late.status().code(), absl::StatusCode::kDeadlineExceeded);
        QCOMPARE(
            pool.acquire(absl::InfinitePast()).status().code(),
            absl::StatusCode::kDeadlineExceeded);
        QCOMPARE(pool.status().waiting, 0);
    }

    void acquireTimeoutIsExhaustedWithAdvice()
    {
        auto pool = makePool(0, 1, absl::Milliseconds(30));
        const auto held = pool.acquire();
        const auto late = pool.acquire();
        QCOMPARE(late.status().code(), absl::StatusCode::kResourceExhausted);
        QVERIFY(retryDelayOf(late.status()).has_value());
        QVERIFY(late.status().message().find("pool test") != std::string::npos);
        QCOMPARE(pool.status().timeouts, std::int64_t(1));
    }

    void leaseOutlivesThePool()
    {
        std::optional<Pool> pool(std::in_place, "test", config::Pool{}, [this] {
            return absl::StatusOr<std::unique_ptr<Connection>>(
                std::make_unique<Connection>(m_world));
        });
        std::optional<Pool::Lease> lease(std::move(*pool->acquire()));
        pool.reset();
        QVERIFY((*lease)->number > 0);
        lease.reset();
        QCOMPARE(m_world.open(), 0);
    }

    void manyThreadsNeverExceedTheMaximumNorLoseAPlace()
    {
        auto pool = makePool(2, 4);
        std::atomic<int> busy = 0;
        std::atomic<int> most = 0;
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 12; ++thread) {
            threads.emplace_back([&, thread] {
                for (int round = 0; round < 300; ++round) {
                    auto lease = pool.acquire();
                    QVERIFY(lease.ok());
                    const int now = ++busy;
                    int seen = most.load();
                    while (now > seen && !most.compare_exchange_weak(seen, now)) {
                    }
                    if ((round + thread) % 17 == 0) {
                        lease->markBroken();
                    }
                    --busy;
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        QVERIFY(most <= 4);
        QCOMPARE(pool.status().inUse, 0);
        QCOMPARE(pool.status().acquired, std::int64_t(12 * 300));
        QVERIFY(m_world.open() <= 4);
    }
};

QTEST_GUILESS_MAIN(TestPool)
#include "tst_Pool.moc"
