// SPDX-License-Identifier: Apache-2.0
#include "ui/session/LiveMailbox.h"
#include "ui/session/OnGuiThread.h"

#include <QTest>

#include <thread>

using namespace pilothouse;

class LiveMailboxTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stalledGuiGetsOneCallWithTheNewest();
    void everyMessageArrivesInOrderWhenThereIsRoom();
    void foldingKeepsTheBoxSmallWithoutLoss();
    void nothingArrivesAfterTheMailboxIsGone();
    void mailboxMayBeDestroyedWhileItDelivers();
    void answerOfACallIsDroppedWithItsContext();
};

void LiveMailboxTest::stalledGuiGetsOneCallWithTheNewest()
{
    constexpr int kMessages = 10000;
    int calls = 0;
    std::vector<int> got;
    ui::LiveMailbox<int> mailbox(3, [&](std::vector<int> messages) {
        ++calls;
        got = std::move(messages);
    });
    std::thread client([sink = mailbox.sink()] {
        for (int message = 1; message <= kMessages; ++message) {
            sink(message);
        }
    });
    client.join();
    QCOMPARE(calls, 0);
    QCoreApplication::processEvents();
    QCOMPARE(calls, 1);
    QCOMPARE(got, (std::vector<int>{kMessages - 2, kMessages - 1, kMessages}));
    QCOMPARE(mailbox.dropped(), std::uint64_t(kMessages - 3));
    QCoreApplication::processEvents();
    QCOMPARE(calls, 1);
}

void LiveMailboxTest::everyMessageArrivesInOrderWhenThereIsRoom()
{
    constexpr int kMessages = 5000;
    std::vector<int> got;
    ui::LiveMailbox<int> mailbox(kMessages, [&](std::vector<int> messages) {
        got.insert(got.end(), messages.begin(), messages.end());
    });
    std::thread client([sink = mailbox.sink()] {
        for (int message = 0; message < kMessages; ++message) {
            sink(message);
        }
    });
    QTRY_COMPARE(got.size(), std::size_t(kMessages));
    client.join();
    QVERIFY(std::is_sorted(got.begin(), got.end()));
    QCOMPARE(mailbox.dropped(), std::uint64_t(0));
}

void LiveMailboxTest::foldingKeepsTheBoxSmallWithoutLoss()
{
    std::vector<int> got;
    ui::LiveMailbox<int> mailbox(
        1,
        [&](std::vector<int> messages) { got = std::move(messages); },
        [](std::vector<int>& pending, int& incoming) {
            if (pending.empty()) {
                return false;
            }
            pending.back() += incoming;
            return true;
        });
    const auto sink = mailbox.sink();
    for (int message = 1; message <= 100; ++message) {
        sink(message);
    }
    QTRY_COMPARE(got, std::vector<int>{5050});
    QCOMPARE(mailbox.dropped(), std::uint64_t(0));
}

void LiveMailboxTest::nothingArrivesAfterTheMailboxIsGone()
{
    int calls = 0;
    auto mailbox =
        std::make_unique<ui::LiveMailbox<int>>(4, [&](const std::vector<int>&) { ++calls; });
    const auto sink = mailbox->sink();
    sink(1);
    mailbox.reset();
    sink(2);
    QCoreApplication::processEvents();
    QCOMPARE(calls, 0);
}

void LiveMailboxTest::mailboxMayBeDestroyedWhileItDelivers()
{
    std::unique_ptr<ui::LiveMailbox<int>> mailbox;
    int calls = 0;
    mailbox = std::make_unique<ui::LiveMailbox<int>>(4, [&](const std::vector<int>&) {
        ++calls;
        mailbox.reset();
        ++calls;
    });
    mailbox->sink()(1);
    QTRY_COMPARE(calls, 2);
}

void LiveMailboxTest::answerOfACallIsDroppedWithItsContext()
{
    int answers = 0;
    auto context = std::make_unique<QObject>();
    const auto count = [&](const absl::StatusOr<int>&) { ++answers; };
    const auto kept = ui::onGuiThread<int>(this, count);
    const auto dropped = ui::onGuiThread<int>(context.get(), count);
    std::thread client([&] {
        kept(1);
        dropped(2);
    });
    client.join();
    context.reset();
    QTRY_COMPARE(answers, 1);
    QCoreApplication::processEvents();
    QCOMPARE(answers, 1);
}

QTEST_GUILESS_MAIN(LiveMailboxTest)
#include "tst_live_mailbox.moc"
