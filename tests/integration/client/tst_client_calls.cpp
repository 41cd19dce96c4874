// SPDX-License-Identifier: Apache-2.0
// Calls and streams over a real connection: repetition, deadlines, pages, cancelling, destruction.
#include "shared/base/StatusHelpers.h"
#include "shared/client/MetricsClient.h"
#include "tests/integration/client/ClientProbe.h"
#include "tests/support/Programs.h"
#include "tests/support/client_server/ScriptedServer.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::client;
using namespace pilothouse::test;

class TestClientCalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void readsAreRepeatedWhenUnavailable();
    void repetitionEnds();
    void deadlineHolds();
    void callsBeforeTheConnectionWait();
    void callsWithoutConnectionFailAtOnce();
    void pagesAreReadToTheLimit();
    void destroyedCallIsSilentAndCancelled();
    void callMayBeDestroyedInItsCallback();
    void callbackHasEndedWhenDestructorReturns();
    void connectionMayBeDestroyedInAnyCallback_data();
    void connectionMayBeDestroyedInAnyCallback();
    void connectionsDieInEveryState();
    void permanentRefusalEndsAStream();
    void temporaryRefusalDoesNot();
    void slowReaderHoldsTheServerBack();
    void listenerIsSilentAfterReplacement();

private:
    ConnectionOptions options() const;

    std::string m_socket;
    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<ClientProbe> m_probe;
};

ConnectionOptions TestClientCalls::options() const
{
    ConnectionOptions result;
    result.address = m_socket;
    result.callTimeout = absl::Seconds(5);
    return result;
}

void TestClientCalls::init()
{
    m_socket = "unix:" + makeWorkFolder().toStdString() + "/p.sock";
    m_server = std::make_unique<ScriptedServer>();
    m_server->with([](Script& script) {
        script.pulseMs = 20;
        return script.trustsEveryone = true;
    });
    QVERIFY(m_server->start({.listen = m_socket, .certificate = std::nullopt}));
    m_probe = std::make_unique<ClientProbe>(options());
    (*m_probe)->connect();
    QVERIFY(m_probe->reaches(ConnectionState::Live));
}

void TestClientCalls::cleanup()
{
    m_probe.reset();
    m_server.reset();
}

void TestClientCalls::readsAreRepeatedWhenUnavailable()
{
    m_server->with([](Script& script) { return script.unavailableAnswers = 2; });
    Received<absl::StatusOr<std::vector<metrics::Target>>> answers;
    const auto call =
        (*m_probe)->metrics().listTargets([&](auto targets) { answers.add(std::move(targets)); });
    QTRY_COMPARE(answers.count(), std::size_t(1));
    QVERIFY(answers.all().front().ok());
    QCOMPARE(m_server->with([](Script& script) { return script.listTargetsCalls; }), 3);
}

void TestClientCalls::repetitionEnds()
{
    m_server->with([](Script& script) { return script.unavailableAnswers = 1000; });
    Received<absl::Status> answers;
    const auto ask = [&] {
        return (*m_probe)->metrics().listTargets(
            [&](const auto& targets) { answers.add(targets.status()); });
    };
    const auto first = ask();
    QTRY_COMPARE(answers.count(), std::size_t(1));
    QVERIFY(absl::IsUnavailable(answers.all().front()));
    QCOMPARE(std::string(answers.all().front().message()), std::string("warming up"));
    QCOMPARE(m_server->with([](Script& script) { return script.listTargetsCalls; }), 4);
    // The budget stops a storm: twenty more calls repeat next to nothing.
    std::vector<CallPtr> calls;
    for (int index = 0; index < 20; ++index) {
        calls.push_back(ask());
    }
    QTRY_COMPARE(answers.count(), std::size_t(21));
    QVERIFY(m_server->with([](Script& script) { return script.listTargetsCalls; }) <= 4 + 20 + 5);
}

void TestClientCalls::deadlineHolds()
{
    ConnectionOptions hasty = options();
    hasty.callTimeout = absl::Milliseconds(300);
    ClientProbe probe(hasty);
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::Live));
    m_server->with([](Script& script) { return script.queryDelayMs = 20000; });
    Received<absl::Status> answers;
    const auto call = probe->metrics().query(
        "1", absl::InfinitePast(), [&](const auto& result) { answers.add(result.status()); });
    QTRY_COMPARE_WITH_TIMEOUT(answers.count(), std::size_t(1), 2000);
    QVERIFY(absl::IsDeadlineExceeded(answers.all().front()));
    // The server stops working on it.
    QTRY_COMPARE(m_server->with([](Script& script) { return script.queriesCancelled; }), 1);
    QCOMPARE(probe.state(), ConnectionState::Live);
}

void TestClientCalls::callsBeforeTheConnectionWait()
{
    ClientProbe probe(options());
    probe->connect();
    Received<absl::Status> answers;
    const auto call =
        probe->metrics().listTargets([&](const auto& targets) { answers.add(targets.status()); });
    QTRY_COMPARE(answers.count(), std::size_t(1));
    QVERIFY2(answers.all().front().ok(), describe(answers.all().front()).c_str());
}

void TestClientCalls::callsWithoutConnectionFailAtOnce()
{
    ClientProbe probe(options());
    Received<absl::Status> answers;
    const auto call =
        probe->metrics().listTargets([&](const auto& targets) { answers.add(targets.status()); });
    QTRY_COMPARE_WITH_TIMEOUT(answers.count(), std::size_t(1), 1000);
    QVERIFY(absl::IsUnavailable(answers.all().front()));
}

void TestClientCalls::pagesAreReadToTheLimit()
{
    for (const auto& [limit, expected] :
         {std::pair(10000, 2500), std::pair(1500, 1500), std::pair(7, 7)}) {
        Received<absl::StatusOr<std::vector<metrics::Labels>>> answers;
        const auto call = (*m_probe)->metrics().listSeries(
            {}, limit, [&](auto series) { answers.add(std::move(series)); });
        QTRY_COMPARE(answers.count(), std::size_t(1));
        const auto series = answers.all().front();
        QVERIFY(series.ok());
        QCOMPARE(static_cast<int>(series->size()), expected);
        QCOMPARE(
            QString::fromStdString(std::string(series->back().get("n"))),
            QString::number(expected - 1));
    }
}

void TestClientCalls::destroyedCallIsSilentAndCancelled()
{
    m_server->with([](Script& script) { return script.queryDelayMs = 20000; });
    std::atomic<int> answers = 0;
    auto call =
        (*m_probe)->metrics().query("1", absl::InfinitePast(), [&](const auto&) { ++answers; });
    QTRY_VERIFY(m_server->with([](Script& script) { return script.authorizations.size(); }) >= 1);
    call.reset();
    QTRY_VERIFY(m_server->with([](Script& script) { return script.queriesCancelled; }) <= 1);
    Received<absl::Status> other;
    m_server->with([](Script& script) { return script.queryDelayMs = 0; });
    const auto next = (*m_probe)->metrics().query(
        "2", absl::InfinitePast(), [&](const auto& result) { other.add(result.status()); });
    QTRY_COMPARE(other.count(), std::size_t(1));
    QCOMPARE(answers.load(), 0);
}

void TestClientCalls::callMayBeDestroyedInItsCallback()
{
    std::mutex mutex;
    CallPtr stream;
    std::atomic<int> messages = 0;
    {
        const std::lock_guard lock(mutex);
        stream = (*m_probe)->metrics().watchQuery(
            {"up"},
            [&](const metrics::LiveQueryUpdate&) {
                const std::lock_guard inner(mutex);
                ++messages;
                stream.reset();
            },
            {});
    }
    QTRY_COMPARE(messages.load(), 1);
    QVERIFY(!waitUntil([&] { return messages > 1; }, 200));
}

void TestClientCalls::callbackHasEndedWhenDestructorReturns()
{
    for (int round = 0; round < 50; ++round) {
        std::atomic<bool> running = false;
        std::atomic<int> messages = 0;
        auto stream = (*m_probe)->metrics().watchQuery(
            {"up"},
            [&](const metrics::LiveQueryUpdate&) {
                running = true;
                std::this_thread::sleep_for(std::chrono::milliseconds(3));
                ++messages;
                running = false;
            },
            {});
        QTRY_VERIFY(messages > 0 || running);
        stream.reset();
        QVERIFY(!running);
        const int after = messages;
        std::this_thread::yield();
        QCOMPARE(messages.load(), after);
    }
}

void TestClientCalls::connectionMayBeDestroyedInAnyCallback_data()
{
    QTest::addColumn<QString>("where");
    QTest::newRow("status") << "status";
    QTest::newRow("answer") << "answer";
    QTest::newRow("message") << "message";
}

void TestClientCalls::connectionMayBeDestroyedInAnyCallback()
{
    QFETCH(QString, where);
    for (int round = 0; round < 10; ++round) {
        std::unique_ptr<Connection> connection = makeConnection(options());
        std::vector<CallPtr> calls;
        std::atomic<bool> isDestroyed = false;
        std::atomic<bool> isReady = false;
        const auto destroy = [&] {
            while (!isReady) {
                std::this_thread::yield();
            }
            if (connection) {
                connection.reset();
                isDestroyed = true;
            }
        };
        connection->onStatus([&](const ConnectionStatus& status) {
            if (where == QLatin1String("status") && status.state == ConnectionState::Live) {
                destroy();
            }
        });
        connection->connect();
        calls.push_back(connection->metrics().listTargets([&](const auto&) {
            if (where == QLatin1String("answer")) {
                destroy();
            }
        }));
        calls.push_back(connection->metrics().watchQuery(
            {"up"},
            [&](const metrics::LiveQueryUpdate&) {
                if (where == QLatin1String("message")) {
                    destroy();
                }
            },
            {}));
        isReady = true;
        QTRY_VERIFY(isDestroyed);
        calls.clear();
    }
}

void TestClientCalls::connectionsDieInEveryState()
{
    for (int round = 0; round < 60; ++round) {
        ClientProbe probe(options());
        probe->connect();
        const auto stream = probe->metrics().watchQuery({"up"}, [](const auto&) {}, {});
        const auto call = probe->metrics().listTargets([](const auto&) {});
        std::this_thread::sleep_for(std::chrono::microseconds(round * 200));
    }
}

void TestClientCalls::permanentRefusalEndsAStream()
{
    m_server->with([](Script& script) {
        script.watchQueryRefusal = grpc::INVALID_ARGUMENT;
        return 0;
    });
    Received<absl::Status> ends;
    const auto stream = (*m_probe)->metrics().watchQuery(
        {"sum("}, [](const auto&) {}, [&](const absl::Status& status) { ends.add(status); });
    QTRY_COMPARE(ends.count(), std::size_t(1));
    QVERIFY(absl::IsInvalidArgument(ends.all().front()));
    QVERIFY(!waitUntil(
        [&] {
            return m_server->with([](Script& script) { return script.resumeTokens.size(); }) > 1;
        },
        800));
}

void TestClientCalls::temporaryRefusalDoesNot()
{
    m_server->with([](Script& script) {
        script.watchQueryRefusal = grpc::RESOURCE_EXHAUSTED;
        return 0;
    });
    Received<absl::Status> ends;
    Received<metrics::LiveQueryUpdate> updates;
    const auto stream = (*m_probe)->metrics().watchQuery(
        {"up"},
        [&](metrics::LiveQueryUpdate update) { updates.add(std::move(update)); },
        [&](const absl::Status& status) { ends.add(status); });
    QTRY_VERIFY(m_server->with([](Script& script) { return script.resumeTokens.size(); }) >= 1);
    m_server->with([](Script& script) {
        script.watchQueryRefusal.reset();
        return 0;
    });
    QTRY_VERIFY(updates.count() > 0);
    QCOMPARE(ends.count(), std::size_t(0));
}

void TestClientCalls::slowReaderHoldsTheServerBack()
{
    // 160 kB a message, as fast as the server can: a reader that hangs must not collect them here.
    m_server->with([](Script& script) {
        script.pointsPerMessage = 10000;
        return script.pulseMs = 0;
    });
    std::atomic<bool> isReleased = false;
    std::atomic<int> messages = 0;
    const auto stream = (*m_probe)->metrics().watchQuery(
        {"up"},
        [&](const metrics::LiveQueryUpdate&) {
            ++messages;
            while (!isReleased) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        },
        {});
    const auto writes = [&] {
        return m_server->with([](Script& script) { return script.watchQueryWrites; });
    };
    QTRY_VERIFY(messages == 1);
    // Flow control lets some megabytes through and then no more.
    QTRY_VERIFY(writes() >= 1);
    int before = -1;
    QVERIFY(waitUntil([&] {
        const int now = writes();
        const bool isStill = now == before;
        before = now;
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        return isStill;
    }));
    QVERIFY2(before < 200, qPrintable(QString::number(before)));
    isReleased = true;
    QTRY_VERIFY(writes() > before + 10);
}

void TestClientCalls::listenerIsSilentAfterReplacement()
{
    ClientProbe probe(options());
    std::atomic<int> first = 0;
    std::atomic<int> second = 0;
    probe->onStatus([&](const ConnectionStatus&) { ++first; });
    probe->connect();
    QTRY_VERIFY(first > 0);
    probe->onStatus([&](const ConnectionStatus&) { ++second; });
    const int after = first;
    probe->disconnect();
    QTRY_VERIFY(second > 0);
    QCOMPARE(first.load(), after);
}

QTEST_GUILESS_MAIN(TestClientCalls)
#include "tst_client_calls.moc"
