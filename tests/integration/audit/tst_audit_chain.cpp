// SPDX-License-Identifier: Apache-2.0
#include "server/audit/ChainWalk.h"
#include "server/audit/EntryFeed.h"
#include "server/audit/EntryFinder.h"
#include "server/audit/EntryStore.h"
#include "server/audit/Retention.h"
#include "shared/audit/ExportLines.h"
#include "shared/base/StatusHelpers.h"
#include "tests/integration/audit/AuditDatabase.h"

#include <absl/strings/escaping.h>
#include <absl/time/clock.h>

#include <QTest>

#include <atomic>
#include <limits>
#include <thread>

using namespace pilothouse;
using audit::ChainState;
using postgres::Transaction;

namespace {

const absl::Duration kDay = absl::Hours(24);
/// So long ago that every day is over, and late in the day: no test runs over its midnight.
const absl::Time kLongAgo =
    absl::FromCivil(absl::CivilSecond(2024, 3, 1, 10, 0, 0), absl::UTCTimeZone());

audit::Entry entryOf(const std::string& target)
{
    audit::Entry entry;
    entry.actor = {"dana", {"operator", "b \"quoted\"\\,"}, "10.0.0.7", "r1", "t1"};
    entry.action = "tenants.suspend";
    entry.target = target;
    entry.before = "{\"text\":\"tab\\tand \\\"quote\\\"\"}";
    entry.after = "line\nand ünïcode";
    return entry;
}

} // namespace

/// The chain in a real PostgreSQL: written, tampered with, verified, dropped.
class TstAuditChain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const absl::Status started = m_cluster.start();
        QVERIFY2(started.ok(), started.ToString().c_str());
    }

    void init()
    {
        m_database = std::make_unique<test::AuditDatabase>(m_cluster);
        const absl::Status opened = m_database->open("audit" + std::to_string(++m_number));
        QVERIFY2(opened.ok(), opened.ToString().c_str());
    }

    void cleanup() { m_database.reset(); }

    void whatWasRecordedIsChainedAsItWas()
    {
        const audit::AuditLog log(m_database->server());
        const audit::Entry entry = entryOf("tenants/acme");
        QVERIFY(log.record(entry).ok());
        QCOMPARE(m_database->chainAll().value(), 1);
        const auto found =
            audit::EntryFinder(m_database->server(), systemClock()).find(1, absl::InfiniteFuture());
        QVERIFY2(found.ok(), found.status().ToString().c_str());
        QCOMPARE(found->entry.actor.name, entry.actor.name);
        QCOMPARE(found->entry.actor.roles, entry.actor.roles);
        QCOMPARE(found->entry.before, entry.before);
        QCOMPARE(found->entry.after, entry.after);
        QCOMPARE(found->hash, audit::hashOf(*found, audit::noHash()));
        QCOMPARE(
            m_database->value("SELECT count(*) FROM pilothouse.audit_pending"),
            QStringLiteral("0"));
    }

    void aTransactionThatIsRolledBackRecordsNothing()
    {
        const audit::AuditLog log(m_database->server());
        const absl::Status status =
            m_database->server().transact([&](Transaction& transaction) -> absl::Status {
                if (auto recorded = log.record(transaction, entryOf("t/1")); !recorded.ok()) {
                    return recorded;
                }
                return absl::AbortedError("no");
            });
        QVERIFY(absl::IsAborted(status));
        QCOMPARE(m_database->chainAll().value(), 0);
    }

    void daysAreSealedAndSequencesGoOn()
    {
        QVERIFY(m_database->addPending(kLongAgo, 600).ok());
        QVERIFY(m_database->addPending(kLongAgo + kDay, 30).ok());
        // Recorded before the day that is open by now: it goes to that one.
        QVERIFY(m_database->addPending(kLongAgo, 2).ok());
        QVERIFY(m_database->addPending(kLongAgo + 5 * kDay, 1).ok());
        QCOMPARE(m_database->chainAll().value(), 633);
        QCOMPARE(
            m_database->value("SELECT string_agg(first_sequence || '-' || last_sequence || "
                              "CASE WHEN seal IS NULL THEN '' ELSE 's' END, ' ' ORDER BY day) "
                              "FROM pilothouse.audit_days"),
            QStringLiteral("1-600s 601-632s 633-633"));
        verifyIs(ChainState::Intact, 0, "");
        // Its day is over long ago: the next step seals it.
        QCOMPARE(m_database->chainAll().value(), 0);
        QCOMPARE(
            m_database->value("SELECT count(*) FROM pilothouse.audit_days WHERE seal IS NULL"),
            QStringLiteral("0"));
        verifyIs(ChainState::Intact, 0, "");
        QVERIFY(m_database->addPending(kLongAgo + 5 * kDay, 1).ok());
        QCOMPARE(m_database->chainAll().value(), 1);
        QCOMPARE(
            m_database->value("SELECT max(day) FROM pilothouse.audit_days"),
            QStringLiteral("2024-03-07"));
        verifyIs(ChainState::Intact, 0, "");
    }

    void tamperingIsFoundAndNamed_data()
    {
        QTest::addColumn<QString>("sql");
        QTest::addColumn<qint64>("sequence");
        QTest::addColumn<QString>("problem");
        QTest::newRow("changed") << "UPDATE pilothouse.audit_entries SET actor = 'eve' WHERE "
                                    "sequence = 7"
                                 << qint64{7} << "not as it was written";
        QTest::newRow("time changed by a microsecond")
            << "UPDATE pilothouse.audit_entries SET recorded_at = recorded_at + interval '1 "
               "microsecond' WHERE sequence = 12"
            << qint64{12} << "not as it was written";
        QTest::newRow("deleted") << "DELETE FROM pilothouse.audit_entries WHERE sequence = 9"
                                 << qint64{9} << "entry 9 is missing";
        QTest::newRow("several deleted")
            << "DELETE FROM pilothouse.audit_entries WHERE sequence BETWEEN 3 AND 5" << qint64{3}
            << "entries 3 to 5 are missing";
        QTest::newRow("swapped")
            << "UPDATE pilothouse.audit_entries SET sequence = -1 WHERE sequence = 4;"
               "UPDATE pilothouse.audit_entries SET sequence = 4 WHERE sequence = 6;"
               "UPDATE pilothouse.audit_entries SET sequence = 6 WHERE sequence = -1"
            << qint64{4} << "not as it was written";
        QTest::newRow("tail of a sealed day cut")
            << "DELETE FROM pilothouse.audit_entries WHERE sequence IN (9, 10)" << qint64{9}
            << "entries 9 to 10 are missing";
        QTest::newRow("tail of the open day cut")
            << "DELETE FROM pilothouse.audit_entries WHERE sequence = 15" << qint64{15}
            << "entry 15 is missing";
        QTest::newRow("tail cut and the head moved back")
            << "DELETE FROM pilothouse.audit_entries WHERE sequence = 15;"
               "UPDATE pilothouse.audit_days SET last_sequence = 14 WHERE last_sequence = 15"
            << qint64{0} << "last hash";
        QTest::newRow("added")
            << "INSERT INTO pilothouse.audit_entries SELECT day, 16, recorded_at, "
               "actor, roles, action, target, before, after, plan_digest, "
               "reason, source, request_id, trace_id, outcome, message, hash "
               "FROM pilothouse.audit_entries WHERE sequence = 15"
            << qint64{16} << "added";
        QTest::newRow("day gone from the list")
            << "DELETE FROM pilothouse.audit_days WHERE first_sequence = 1" << qint64{0}
            << "missing";
        QTest::newRow("seal changed")
            << "UPDATE pilothouse.audit_days SET seal = sha256('x') WHERE first_sequence = 1"
            << qint64{0} << "seal";
        QTest::newRow("entries of a day gone and called dropped")
            << "DELETE FROM pilothouse.audit_entries WHERE sequence > 10;"
               "UPDATE pilothouse.audit_days SET dropped_at = now(), seal = sha256('x'), "
               "sealed_at = now() WHERE first_sequence = 11"
            << qint64{0} << "seal";
    }

    void tamperingIsFoundAndNamed()
    {
        QFETCH(QString, sql);
        QFETCH(qint64, sequence);
        QFETCH(QString, problem);
        // The second day is still open: a day in the future is.
        const absl::CivilDay future = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()) + 2;
        const absl::Time today = absl::FromCivil(future, absl::UTCTimeZone()) + absl::Hours(12);
        QVERIFY(m_database->addPending(today - kDay, 10).ok());
        QVERIFY(m_database->addPending(today, 5).ok());
        QCOMPARE(m_database->chainAll().value(), 15);
        verifyIs(ChainState::Intact, 0, "");
        const absl::Status tampered = m_database->tamper(sql.toStdString());
        QVERIFY2(tampered.ok(), tampered.ToString().c_str());
        verifyIs(ChainState::Broken, sequence, problem);
    }

    void theServersRoleOnlyAppends_data()
    {
        QTest::addColumn<QString>("sql");
        QTest::newRow("update") << "UPDATE pilothouse.audit_entries SET actor = 'eve'";
        QTest::newRow("delete") << "DELETE FROM pilothouse.audit_entries";
        QTest::newRow("truncate") << "TRUNCATE pilothouse.audit_entries";
        QTest::newRow("drop") << "DROP TABLE pilothouse.audit_entries";
        QTest::newRow("partition") << "DELETE FROM pilothouse.audit_entries_20240301";
        QTest::newRow("drop partition") << "DROP TABLE pilothouse.audit_entries_20240301";
        QTest::newRow("triggers off") << "ALTER TABLE pilothouse.audit_entries DISABLE TRIGGER ALL";
        QTest::newRow("replica") << "SET session_replication_role = replica";
        QTest::newRow("pending") << "UPDATE pilothouse.audit_pending SET actor = 'eve'";
        QTest::newRow("day deleted") << "DELETE FROM pilothouse.audit_days";
        QTest::newRow("seal changed") << "UPDATE pilothouse.audit_days SET seal = sha256('x')";
        QTest::newRow("head back") << "UPDATE pilothouse.audit_days SET last_sequence = 1";
        QTest::newRow("young day dropped")
            << "SELECT pilothouse.audit_drop_day((now() AT TIME ZONE 'UTC')::date)";
        QTest::newRow("grant") << "GRANT ALL ON pilothouse.audit_entries TO pilothouse_server";
        QTest::newRow("other role") << "SET ROLE pilothouse";
        QTest::newRow("migrations") << "DELETE FROM pilothouse.schema_migrations";
    }

    void theServersRoleOnlyAppends()
    {
        QFETCH(QString, sql);
        QVERIFY(m_database->addPending(kLongAgo, 3).ok());
        QVERIFY(m_database->addPending(kLongAgo + kDay, 1).ok());
        QCOMPARE(m_database->chainAll().value(), 4);
        const QString before = contents();
        const absl::Status status = m_database->server().transact([&](Transaction& transaction) {
            return transaction.executeScript("test.tamper", sql.toStdString());
        });
        if (status.ok()) { // a grant by whoever has none to give is only a warning
            QCOMPARE(sql.startsWith(QStringLiteral("GRANT")), true);
            QVERIFY(!m_database->server()
                         .transact([&](Transaction& transaction) {
                             return transaction.executeScript(
                                 "test.tamper", "DELETE FROM pilothouse.audit_entries");
                         })
                         .ok());
        }
        QCOMPARE(contents(), before);
    }

    /// The owner has all rights, but does not change the audit by mistake.
    void theOwnersMistakesAreRefusedToo()
    {
        QVERIFY(m_database->addPending(kLongAgo, 3).ok());
        QCOMPARE(m_database->chainAll().value(), 3);
        for (const char* sql :
             {"UPDATE pilothouse.audit_entries SET actor = 'eve'",
              "DELETE FROM pilothouse.audit_entries",
              "TRUNCATE pilothouse.audit_entries",
              "TRUNCATE pilothouse.audit_entries_20240301",
              "DELETE FROM pilothouse.audit_days"}) {
            const absl::Status status = m_database->owner().transact(
                [&](Transaction& transaction) { return transaction.executeScript("test", sql); });
            QVERIFY2(!status.ok(), sql);
        }
    }

    void writersTakeTurns()
    {
        constexpr int kEntries = 3000;
        QVERIFY(m_database->addPending(kLongAgo, kEntries).ok());
        std::atomic<int> chained{0};
        std::atomic<bool> failed{false};
        std::vector<std::thread> threads;
        for (int number = 0; number < 3; ++number) {
            threads.emplace_back([&] {
                audit::ChainWriter writer(m_database->server(), 100);
                while (chained.load() < kEntries && !failed.load()) {
                    const auto step = writer.step(absl::Now() + absl::Seconds(60));
                    failed.store(failed.load() || !step.ok());
                    chained += step.ok() ? static_cast<int>(step->chained.size()) : 0;
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        QVERIFY(!failed.load());
        QCOMPARE(chained.load(), kEntries);
        verifyIs(ChainState::Intact, 0, "");
        QCOMPARE(
            m_database->value("SELECT sum(entries) FROM pilothouse.audit_hourly"),
            QStringLiteral("3000"));
    }

    void retentionDropsDaysAndKeepsTheChain()
    {
        const audit::AuditLog log(m_database->server());
        for (int day = 0; day < 4; ++day) {
            QVERIFY(m_database->addPending(kLongAgo + day * kDay, 10).ok());
        }
        QCOMPARE(m_database->chainAll().value(), 40);
        const audit::Retention retention(m_database->server(), log, 30 * kDay);
        // On the 2nd of April the 1st and 2nd of March are older than 30 days.
        const auto dropped = retention.run(kLongAgo + 32 * kDay);
        QVERIFY2(dropped.ok(), dropped.status().ToString().c_str());
        QCOMPARE(*dropped, 2);
        QCOMPARE(
            m_database->value("SELECT min(sequence) FROM pilothouse.audit_entries"),
            QStringLiteral("21"));
        QCOMPARE(
            m_database->value("SELECT to_regclass('pilothouse.audit_entries_20240301')"),
            QStringLiteral(""));
        verifyIs(ChainState::Intact, 0, "");
        QCOMPARE(m_database->chainAll().value(), 2); // both drops are entries
        verifyIs(ChainState::Intact, 0, "");
        const auto again = retention.run(kLongAgo + 32 * kDay);
        QCOMPARE(again.value_or(-1), 0);
        const audit::EntryFinder finder(m_database->server(), systemClock());
        const auto old = finder.find(3, absl::InfiniteFuture());
        QVERIFY(absl::IsNotFound(old.status()));
        QVERIFY(describe(old.status()).find("retention") != std::string::npos);
        // And what is dropped but not over is a break.
        QVERIFY(m_database->tamper("DELETE FROM pilothouse.audit_entries WHERE day = '2024-03-03'")
                    .ok());
        verifyIs(ChainState::Broken, 21, "entries 21 to 30 are missing");
    }

    void aWalkGoesOnWhereItWas()
    {
        QVERIFY(m_database->addPending(kLongAgo, 700).ok());
        QCOMPARE(m_database->chainAll().value(), 700);
        audit::ChainWalk walk(m_database->server());
        QVERIFY(walk.advance({})->state == ChainState::Intact);
        QCOMPARE(walk.headSequence(), std::int64_t{700});
        QVERIFY(m_database->addPending(kLongAgo, 10).ok());
        QVERIFY(m_database->addPending(kLongAgo + kDay, 10).ok());
        QCOMPARE(m_database->chainAll().value(), 20);
        std::int64_t read = 0;
        const auto status = walk.advance([&](const audit::ChainProgress& progress) {
            read = progress.checkedEntries;
            return true;
        });
        QVERIFY(status.ok() && status->state == ChainState::Intact);
        QCOMPARE(status->verifiedSequence, std::int64_t{720});
        QCOMPARE(status->headHash.size(), std::size_t{32});
        QVERIFY(read >= 700);
        // A head that was kept finds a chain written anew.
        audit::ChainWalk kept(m_database->server(), 720, std::string(32, 'x'));
        QVERIFY(kept.advance({})->firstBreak.has_value());
    }

    void pagesFollowEachOther()
    {
        QVERIFY(m_database->addPending(kLongAgo, 250).ok());
        QVERIFY(m_database->addPending(kLongAgo + kDay, 250).ok());
        QCOMPARE(m_database->chainAll().value(), 500);
        const audit::EntryFinder finder(m_database->server(), systemClock());
        std::int64_t before = std::numeric_limits<std::int64_t>::max();
        std::int64_t expected = 500;
        bool isLast = false;
        while (!isLast) {
            const auto page = finder.page({}, before, 60, absl::InfiniteFuture());
            QVERIFY2(page.ok(), page.status().ToString().c_str());
            for (const auto& entry : page->entries) {
                QCOMPARE(entry.sequence, expected--);
            }
            before = page->searchedTo;
            isLast = page->isLast;
        }
        QCOMPARE(expected, std::int64_t{0});
    }

    void filtersFind_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::addColumn<int>("count");
        QTest::newRow("none") << ""
                              << "" << 40;
        QTest::newRow("actor") << "actor"
                               << "dana" << 40;
        QTest::newRow("other actor") << "actor"
                                     << "eve" << 0;
        QTest::newRow("action") << "action"
                                << "tenants.suspend" << 40;
        QTest::newRow("actions") << "action"
                                 << "ten*" << 40;
        QTest::newRow("target") << "target"
                                << "tenants/t7" << 2;
        QTest::newRow("targets") << "target"
                                 << "tenants/t1*" << 22;
        QTest::newRow("text") << "text"
                              << "R13" << 2;
        QTest::newRow("text with a sign of LIKE") << "text"
                                                  << "%" << 0;
        QTest::newRow("outcome") << "outcome"
                                 << "ok" << 40;
        QTest::newRow("other outcome") << "outcome"
                                       << "denied" << 0;
        QTest::newRow("start") << "start"
                               << "86400" << 20;
        QTest::newRow("end") << "end"
                             << "11" << 10;
    }

    void filtersFind()
    {
        QFETCH(QString, field);
        QFETCH(QString, value);
        QFETCH(int, count);
        QVERIFY(m_database->addPending(kLongAgo, 20).ok());
        QVERIFY(m_database->addPending(kLongAgo + kDay, 20).ok());
        QCOMPARE(m_database->chainAll().value(), 40);
        audit::Filter filter;
        const std::string text = value.toStdString();
        if (field == QStringLiteral("outcome")) {
            filter.outcomes = {*audit::parseOutcome(text)};
        } else if (field == QStringLiteral("start")) {
            filter.start = kLongAgo + absl::Seconds(value.toInt());
        } else if (field == QStringLiteral("end")) {
            filter.end = kLongAgo + absl::Seconds(value.toInt());
        } else {
            (field == QStringLiteral("actor")    ? filter.actor
             : field == QStringLiteral("action") ? filter.action
             : field == QStringLiteral("target") ? filter.target
                                                 : filter.text) = text;
        }
        const auto page = audit::EntryFinder(m_database->server(), systemClock())
                              .page(filter, 1000, 100, absl::InfiniteFuture());
        QVERIFY2(page.ok(), page.status().ToString().c_str());
        QCOMPARE(static_cast<int>(page->entries.size()), count);
        for (const auto& entry : page->entries) {
            QVERIFY(audit::matches(filter, entry));
        }
        // And the lines of an export are the same ones.
        int lines = 0;
        std::string csv;
        const auto copyDay = [&](Transaction& transaction, std::int64_t& first) -> absl::Status {
            const audit::EntryStore store;
            PH_ASSIGN_OR_RETURN(const std::int64_t end, store.endOfDay(transaction, first));
            const audit::Range day = {std::exchange(first, end + 1), end};
            return store.copy(transaction, filter, day, [&](std::string_view line) {
                ++lines;
                return audit::ExportLines(audit::ExportFormat::Csv).append(line, csv);
            });
        };
        const absl::Status copied =
            m_database->server().transact([&](Transaction& transaction) -> absl::Status {
                PH_ASSIGN_OR_RETURN(const std::int64_t head, audit::EntryStore().head(transaction));
                for (std::int64_t first = 1; first <= head;) {
                    PH_RETURN_IF_ERROR(copyDay(transaction, first));
                }
                return absl::OkStatus();
            });
        QVERIFY2(copied.ok(), copied.ToString().c_str());
        QCOMPARE(lines, count);
    }

    /// With the role that owns the tables too, as where database.url is all there is.
    void everythingWorksForAnOwner()
    {
        const audit::AuditLog log(m_database->owner());
        QVERIFY(log.record(entryOf("t/1")).ok());
        audit::ChainWriter writer(m_database->owner());
        const auto step = writer.step(absl::Now() + absl::Seconds(60));
        QVERIFY2(step.ok(), step.status().ToString().c_str());
        QCOMPARE(step->chained.size(), std::size_t{1});
        QVERIFY(audit::ChainWalk(m_database->owner()).advance({})->state == ChainState::Intact);
    }

    void theFeedTellsWhatAnotherServerChained()
    {
        audit::EntryFeed feed(m_database->server());
        feed.advance({{}, 0, false});
        int told = 0;
        feed.addListener([&] {
            ++told;
            return true;
        });
        QVERIFY(m_database->addPending(kLongAgo, 5).ok());
        audit::ChainWriter here(m_database->server());
        const auto step = here.step(absl::InfiniteFuture());
        feed.advance(*step);
        QCOMPARE(feed.after(0, {}, 100).entries.size(), std::size_t{5});
        QVERIFY(m_database->addPending(kLongAgo, 3).ok());
        QCOMPARE(m_database->chainAll().value(), 3); // elsewhere
        feed.advance({{}, 8, false});
        const auto news = feed.after(5, {}, 100);
        QCOMPARE(news.entries.size(), std::size_t{3});
        QCOMPARE(news.entries.front().sequence, std::int64_t{6});
        QVERIFY(!news.hasGap);
        QCOMPARE(told, 2);
        QVERIFY(m_database->addPending(kLongAgo, 1500).ok());
        QCOMPARE(m_database->chainAll().value(), 1500);
        feed.advance({{}, 1508, false});
        QVERIFY(feed.after(8, {}, 10).hasGap);
        QCOMPARE(feed.after(1500, {}, 100).entries.size(), std::size_t{8});
    }

    void aKnownBreakOutlivesWalksThatBeganBefore()
    {
        audit::EntryFeed feed(m_database->server());
        const absl::Time found = absl::Now();
        audit::ChainStatus broken;
        broken.state = ChainState::Broken;
        broken.walkTime = found - absl::Seconds(1);
        broken.checkTime = found;
        broken.firstBreak = audit::ChainBreak{absl::CivilDay(2026, 11, 26), 3, "changed"};
        audit::ChainStatus intact;
        intact.state = ChainState::Intact;
        intact.walkTime = found - absl::Seconds(5);
        intact.checkTime = found + absl::Seconds(5);
        feed.setStatus(intact);
        QVERIFY(feed.status().state == ChainState::Intact);
        feed.setStatus(broken);
        const std::uint64_t version = feed.version();
        feed.setStatus(intact);
        QVERIFY(feed.status().state == ChainState::Broken);
        QCOMPARE(feed.version(), version);
        intact.walkTime = found + absl::Seconds(1); // somebody repaired it and asked again
        feed.setStatus(intact);
        QVERIFY(feed.status().state == ChainState::Intact);
    }

private:
    void verifyIs(ChainState state, qint64 sequence, const QString& problem)
    {
        audit::ChainWalk walk(m_database->server());
        const auto status = walk.advance({});
        QVERIFY2(status.ok(), status.status().ToString().c_str());
        const QString found =
            status->firstBreak ? QString::fromStdString(status->firstBreak->problem) : QString();
        QVERIFY2(status->state == state, qPrintable(found));
        QVERIFY2(found.contains(problem), qPrintable(found));
        if (status->firstBreak) {
            QCOMPARE(qint64{status->firstBreak->sequence}, sequence);
        }
    }

    QString contents()
    {
        return m_database->value(
            "SELECT md5(string_agg(e::text, ';' ORDER BY sequence)) || (SELECT "
            "md5(string_agg(d::text, ';' ORDER BY day)) FROM pilothouse.audit_days d) || (SELECT "
            "count(*) FROM pilothouse.schema_migrations) FROM pilothouse.audit_entries e");
    }

    test::Cluster m_cluster;
    std::unique_ptr<test::AuditDatabase> m_database;
    int m_number = 0;
};

QTEST_GUILESS_MAIN(TstAuditChain)
#include "tst_audit_chain.moc"
