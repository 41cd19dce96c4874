// SPDX-License-Identifier: Apache-2.0
#include "server/platform/executor/Executor.h"
#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"

#include <QTest>

#include <atomic>
#include <latch>
#include <memory>
#include <stdexcept>

using pilothouse::platform::Executor;
using pilothouse::test::waitUntil;

class TestExecutor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsEveryTaskOnItsThreads()
    {
        Executor executor("db", 3, 1000);
        std::atomic<int> done = 0;
        for (int task = 0; task < 500; ++task) {
            QVERIFY(executor.submit([&] { ++done; }).ok());
        }
        QVERIFY(waitUntil([&] { return executor.status().completed == 500; }));
        QCOMPARE(done.load(), 500);
        QCOMPARE(executor.status().threads, 3);
        QCOMPARE(executor.status().name, std::string("db"));
    }

    void fullQueueRejectsWithARetryDelayAndDoesNotRun()
    {
        Executor executor("db", 1, 2);
        std::latch release(1);
        std::atomic<bool> wrongRan = false;
        QVERIFY(executor.submit([&] { release.wait(); }).ok());
        QVERIFY(waitUntil([&] { return executor.status().active == 1; }));
        QVERIFY(executor.submit([] {}).ok());
        QVERIFY(executor.submit([] {}).ok());
        const absl::Status rejected = executor.submit([&] { wrongRan = true; });
        QCOMPARE(rejected.code(), absl::StatusCode::kResourceExhausted);
        const auto delay = pilothouse::retryDelayOf(rejected);
        QVERIFY(delay.has_value());
        QVERIFY(*delay >= absl::Milliseconds(50) && *delay <= absl::Seconds(5));
        const auto status = executor.status();
        QCOMPARE(status.queued, 2);
        QCOMPARE(status.capacity, 2);
        QCOMPARE(status.rejected, std::int64_t(1));
        release.count_down();
        QVERIFY(waitUntil([&] { return executor.status().completed == 3; }));
        QVERIFY(!wrongRan);
        QVERIFY(executor.submit([] {}).ok());
    }

    void manyAreTakenTogetherOrNotAtAll()
    {
        Executor executor("jobs", 1, 3);
        std::latch release(1);
        std::atomic<int> done = 0;
        QVERIFY(executor.submit([&] { release.wait(); }).ok());
        QVERIFY(waitUntil([&] { return executor.status().active == 1; }));
        const std::vector<std::function<void()>> two(2, [&] { ++done; });
        QVERIFY(executor.submitAll(two).ok());
        QCOMPARE(executor.submitAll(two).code(), absl::StatusCode::kResourceExhausted);
        QCOMPARE(executor.status().queued, 2);
        QCOMPARE(executor.status().rejected, std::int64_t(2));
        release.count_down();
        QVERIFY(waitUntil([&] { return executor.status().completed == 3; }));
        QCOMPARE(done.load(), 2);
    }

    void whatIdleThreadsTakeDoesNotWait()
    {
        Executor executor("jobs", 4, 1);
        std::latch release(1);
        QVERIFY(executor.submitAll({5, [&] { release.wait(); }}).ok());
        QVERIFY(waitUntil([&] { return executor.status().active == 4; }));
        QVERIFY(!executor.submit([] {}).ok());
        release.count_down();
        QVERIFY(waitUntil([&] { return executor.status().completed == 5; }));
    }

    void manyAtOnceWakeAsManyThreadsAsTheyNeed()
    {
        Executor executor("jobs", 4, 8);
        for (int round = 0; round < 100; ++round) {
            // Each waits until all four run.
            const auto together = std::make_shared<std::latch>(4);
            QVERIFY(executor.submitAll({4, [together] { together->arrive_and_wait(); }}).ok());
            QVERIFY(waitUntil([&] { return executor.status().completed == (round + 1) * 4; }));
        }
    }

    void destructionWaitsForTheRunningAndDropsTheQueued()
    {
        std::atomic<bool> started = false;
        std::atomic<bool> finished = false;
        std::atomic<bool> queuedRan = false;
        std::latch release(1);
        {
            Executor executor("io", 1, 8);
            QVERIFY(executor
                        .submit([&] {
                            started = true;
                            release.wait();
                            finished = true;
                        })
                        .ok());
            // What the queued task holds lets the running one end: it is released only by the
            // destructor.
            std::shared_ptr<void> held(nullptr, [&](void*) { release.count_down(); });
            QVERIFY(
                executor.submit([&queuedRan, held = std::move(held)] { queuedRan = true; }).ok());
            QVERIFY(waitUntil([&] { return started.load(); }));
        }
        QVERIFY(finished);
        QVERIFY(!queuedRan);
    }

    void aThreadThatHangsIsReplacedAndRetiresLater()
    {
        std::latch release(1);
        std::atomic<int> done = 0;
        Executor executor("jobs", 1, 8);
        QVERIFY(executor
                    .submit([&] {
                        release.wait();
                        executor.retireThread();
                        ++done;
                    })
                    .ok());
        QVERIFY(waitUntil([&] { return executor.status().active == 1; }));
        executor.addThread();
        QCOMPARE(executor.status().threads, 2);
        QVERIFY(executor.submit([&] { ++done; }).ok());
        QVERIFY(waitUntil([&] { return done == 1; }));
        release.count_down();
        QVERIFY(waitUntil([&] { return executor.status().threads == 1; }));
        QVERIFY(executor.submit([&] { ++done; }).ok());
        QVERIFY(waitUntil([&] { return done == 3; }));
    }

    void throwingTaskHarmsNobody()
    {
        Executor executor("jobs", 1, 8);
        QVERIFY(executor.submit([] { throw std::runtime_error("bug"); }).ok());
        QVERIFY(executor.submit([] {}).ok());
        QVERIFY(waitUntil([&] { return executor.status().completed == 2; }));
    }
};

QTEST_GUILESS_MAIN(TestExecutor)
#include "tst_Executor.moc"
