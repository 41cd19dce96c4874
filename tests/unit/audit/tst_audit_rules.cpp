// SPDX-License-Identifier: Apache-2.0
#include "shared/audit/ChainCheck.h"
#include "shared/audit/ExportLines.h"
#include "shared/audit/Filter.h"

#include <absl/strings/escaping.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <functional>
#include <map>

using namespace pilothouse::audit;

namespace {

const absl::Time kMorning =
    absl::FromCivil(absl::CivilSecond(2026, 11, 25, 9, 30, 0), absl::UTCTimeZone());

Entry sampleEntry()
{
    Entry entry;
    entry.actor = {"dana", {"operator", "viewer"}, "10.0.0.7", "req-1", "trace-1"};
    entry.action = "tenants.suspend";
    entry.target = "tenants/acme";
    entry.before = R"({"state":"active"})";
    entry.after = R"({"state":"suspended"})";
    entry.planDigest = "d1";
    entry.reason = "unpaid";
    entry.message = "";
    return entry;
}

ChainedEntry chained(std::int64_t sequence)
{
    return {
        sequence,
        absl::ToCivilDay(kMorning, absl::UTCTimeZone()),
        kMorning + absl::Seconds(sequence),
        sampleEntry(),
        {}};
}

/// Days of entries as a chain writer leaves them.
struct Chain
{
    std::vector<ChainDay> days;
    std::map<absl::CivilDay, std::vector<ChainedEntry>> entries;

    void addDay(int count)
    {
        const bool isFirst = days.empty();
        ChainDay day;
        day.day = isFirst ? absl::CivilDay(2026, 11, 25) : days.back().day + 1;
        day.firstSequence = isFirst ? 1 : days.back().lastSequence + 1;
        std::string previous = noHash();
        if (!isFirst) {
            const std::string before = days.size() > 1 ? days[days.size() - 2].seal : noHash();
            days.back().seal = sealOf(days.back(), before);
            previous = days.back().seal;
        }
        for (int number = 0; number < count; ++number) {
            ChainedEntry entry = chained(day.firstSequence + number);
            entry.day = day.day;
            entry.hash = hashOf(entry, previous);
            previous = entry.hash;
            entries[day.day].push_back(entry);
        }
        day.lastSequence = day.firstSequence + count - 1;
        day.lastHash = previous;
        days.push_back(day);
    }

    std::optional<ChainBreak> check(std::int64_t known = 0, const std::string& hash = {}) const
    {
        ChainCheck check(known, hash);
        for (const ChainDay& day : days) {
            if (auto found = check.beginDay(day)) {
                return found;
            }
            const auto of = entries.find(day.day);
            if (of != entries.end()) {
                for (const ChainedEntry& entry : of->second) {
                    if (auto found = check.addEntry(entry)) {
                        return found;
                    }
                }
            }
            if (auto found = check.endDay()) {
                return found;
            }
        }
        return check.end();
    }

    std::vector<ChainedEntry>& of(std::size_t day) { return entries[days[day].day]; }
};

Chain threeDays()
{
    Chain chain;
    chain.addDay(5);
    chain.addDay(4);
    chain.addDay(3);
    return chain;
}

using Change = std::function<void(Chain&)>;

} // namespace
Q_DECLARE_METATYPE(Change)

/// Encoding and hashes, the walk that finds what was changed, filters and export lines.
class TstAuditRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// The encoding is a contract with every audit that exists: computed apart, never changed.
    void hashIsAsDocumented()
    {
        ChainedEntry entry;
        entry.sequence = 1;
        entry.day = absl::CivilDay(1970, 1, 2);
        entry.recordTime = absl::FromUnixMicros(86400000001);
        entry.entry.actor = {"a", {"r"}, "s", "", ""};
        entry.entry.action = "x.y";
        QCOMPARE(
            absl::BytesToHexString(hashOf(entry, noHash())),
            std::string("ee1bcdecf3207bdf25da6bfec92620bc2e50f3704ba74a829b2be208f14dc18e"));
        ChainDay day{absl::CivilDay(1970, 1, 2), 1, 1, hashOf(entry, noHash()), {}, false};
        QCOMPARE(
            absl::BytesToHexString(sealOf(day, noHash())),
            std::string("e5507f4150d019328c262052f7a19e55b66e5c8cc0a6f9102153e4495db18a52"));
    }

    void everyFieldIsInTheHash_data()
    {
        QTest::addColumn<Change>("change");
        const auto row = [](const char* name, const std::function<void(ChainedEntry&)>& change) {
            QTest::newRow(name) << Change([change](Chain& chain) { change(chain.of(0)[1]); });
        };
        row("sequence", [](ChainedEntry& entry) { entry.sequence += 1; });
        row("time", [](ChainedEntry& entry) { entry.recordTime += absl::Microseconds(1); });
        row("actor", [](ChainedEntry& entry) { entry.entry.actor.name = "eve"; });
        row("roles", [](ChainedEntry& entry) { entry.entry.actor.roles = {"operator viewer"}; });
        row("source", [](ChainedEntry& entry) { entry.entry.actor.source = "10.0.0.8"; });
        row("request", [](ChainedEntry& entry) { entry.entry.actor.requestId = "req-2"; });
        row("trace", [](ChainedEntry& entry) { entry.entry.actor.traceId.clear(); });
        row("action", [](ChainedEntry& entry) { entry.entry.action = "tenants.resume"; });
        row("target", [](ChainedEntry& entry) { entry.entry.target = "tenants/other"; });
        row("before", [](ChainedEntry& entry) { entry.entry.before = "{}"; });
        row("after", [](ChainedEntry& entry) { entry.entry.after = "{}"; });
        row("plan", [](ChainedEntry& entry) { entry.entry.planDigest = "d2"; });
        row("reason", [](ChainedEntry& entry) { entry.entry.reason = "why not"; });
        row("outcome", [](ChainedEntry& entry) { entry.entry.outcome = Outcome::Denied; });
        row("message", [](ChainedEntry& entry) { entry.entry.message = "no"; });
        row("text moved to the next field", [](ChainedEntry& entry) {
            entry.entry.planDigest = "";
            entry.entry.reason = "d1unpaid";
        });
    }

    void everyFieldIsInTheHash()
    {
        QFETCH(Change, change);
        Chain chain;
        chain.addDay(3);
        QVERIFY(!chain.check());
        change(chain);
        QVERIFY(chain.check().has_value());
    }

    void aWholeChainIsIntact()
    {
        Chain chain = threeDays();
        QVERIFY(!chain.check());
        const ChainedEntry kept = chain.of(1)[2];
        QVERIFY(!chain.check(kept.sequence, kept.hash));
    }

    void theFirstBreakIsNamed_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<qint64>("sequence");
        QTest::addColumn<QString>("problem");
        const auto row =
            [](const char* name, const Change& change, qint64 sequence, const char* problem) {
                QTest::newRow(name) << change << sequence << QString::fromLatin1(problem);
            };
        row(
            "changed entry",
            [](Chain& chain) { chain.of(1)[1].entry.target = "tenants/other"; },
            7,
            "not as it was written");
        row(
            "entry gone",
            [](Chain& chain) { chain.of(0).erase(chain.of(0).begin() + 2); },
            3,
            "entry 3 is missing");
        row(
            "entries gone",
            [](Chain& chain) {
                chain.of(0).erase(chain.of(0).begin() + 1, chain.of(0).begin() + 4);
            },
            2,
            "entries 2 to 4 are missing");
        row(
            "contents swapped",
            [](Chain& chain) {
                chain.of(1)[0].entry.actor.name = "one";
                std::swap(chain.of(1)[0].entry, chain.of(1)[2].entry);
            },
            8,
            "not as it was written");
        row(
            "rows swapped with their hashes",
            [](Chain& chain) {
                std::swap(chain.of(0)[1], chain.of(0)[2]);
                std::swap(chain.of(0)[1].sequence, chain.of(0)[2].sequence);
            },
            2,
            "not as it was written");
        row(
            "tail of a sealed day cut", [](Chain& chain) { chain.of(0).pop_back(); }, 5, "missing");
        row(
            "tail of the open day cut",
            [](Chain& chain) { chain.of(2).pop_back(); },
            12,
            "missing");
        row(
            "tail of the open day cut with its head",
            [](Chain& chain) {
                chain.of(2).pop_back();
                --chain.days[2].lastSequence;
            },
            0,
            "last hash");
        row(
            "entry added",
            [](Chain& chain) {
                ChainedEntry entry = chained(13);
                entry.day = chain.days[2].day;
                entry.hash = hashOf(entry, chain.days[2].lastHash);
                chain.of(2).push_back(entry);
            },
            13,
            "added");
        row(
            "day gone",
            [](Chain& chain) { chain.days.erase(chain.days.begin() + 1); },
            0,
            "missing");
        row(
            "seal changed", [](Chain& chain) { chain.days[0].seal[3] ^= 1; }, 0, "seal");
        row(
            "seal gone", [](Chain& chain) { chain.days[0].seal.clear(); }, 0, "not sealed");
        row(
            "changed and its own hash with it",
            [](Chain& chain) {
                ChainedEntry& entry = chain.of(1)[1];
                entry.entry.reason = "other";
                entry.hash = hashOf(entry, chain.of(1)[0].hash);
            },
            8,
            "not as it was written");
        row(
            "sealed day rewritten to its end",
            [](Chain& chain) {
                std::string previous = noHash();
                for (ChainedEntry& entry : chain.of(0)) {
                    entry.entry.reason = "other";
                    entry.hash = hashOf(entry, previous);
                    previous = entry.hash;
                }
                chain.days[0].lastHash = previous;
            },
            0,
            "seal");
    }

    void theFirstBreakIsNamed()
    {
        QFETCH(Change, change);
        QFETCH(qint64, sequence);
        QFETCH(QString, problem);
        Chain chain = threeDays();
        change(chain);
        const auto found = chain.check();
        QVERIFY(found.has_value());
        QCOMPARE(qint64{found->sequence}, sequence);
        const QString text = QString::fromStdString(found->problem);
        QVERIFY2(text.contains(problem), qPrintable(text));
    }

    void aChainWrittenAnewIsFoundByAKeptHash()
    {
        const Chain original = threeDays();
        const ChainedEntry kept = original.entries.at(original.days[1].day)[2];
        Chain forged;
        forged.addDay(5);
        forged.addDay(4);
        forged.of(1)[0].entry.actor.name = "eve";
        std::string previous = forged.days[0].seal;
        for (ChainedEntry& entry : forged.of(1)) {
            entry.hash = hashOf(entry, previous);
            previous = entry.hash;
        }
        forged.days[1].lastHash = previous;
        QVERIFY(!forged.check());
        const auto found = forged.check(kept.sequence, kept.hash);
        QVERIFY(found.has_value());
        QCOMPARE(found->sequence, kept.sequence);
        // And so is one that was cut before it.
        Chain cut;
        cut.addDay(5);
        QVERIFY(!cut.check());
        QVERIFY(cut.check(kept.sequence, kept.hash).has_value());
    }

    void droppedDaysLeaveTheChainWhole()
    {
        Chain chain = threeDays();
        chain.entries.erase(chain.days[0].day);
        QVERIFY(chain.check().has_value());
        chain.days[0].isDropped = true;
        QVERIFY(!chain.check());
        chain.days[0].lastSequence -= 1;
        QVERIFY(chain.check().has_value());
    }

    void theOpenDayGoesOn()
    {
        Chain chain;
        chain.addDay(2);
        ChainCheck check;
        QVERIFY(!check.beginDay(chain.days[0]));
        for (const ChainedEntry& entry : chain.of(0)) {
            QVERIFY(!check.addEntry(entry));
        }
        QVERIFY(!check.endDay());
        ChainedEntry next = chained(3);
        next.day = chain.days[0].day;
        next.hash = hashOf(next, chain.days[0].lastHash);
        chain.days[0].lastSequence = 3;
        chain.days[0].lastHash = next.hash;
        chain.days[0].seal = sealOf(chain.days[0], noHash());
        QVERIFY(!check.beginDay(chain.days[0]));
        QVERIFY(!check.addEntry(next));
        QVERIFY(!check.endDay());
        QCOMPARE(check.headSequence(), std::int64_t{3});
        ChainDay back = chain.days[0];
        back.lastSequence = 2;
        QVERIFY(check.beginDay(back).has_value());
    }

    void entriesNeverGoBackADay()
    {
        const absl::CivilDay today(2026, 11, 25);
        QCOMPARE(dayFor(kMorning, today - 3) == today, true);
        QCOMPARE(dayFor(kMorning, today + 1) == today + 1, true);
        QCOMPARE(dayFor(kMorning - absl::Hours(10), today) == today, true);
    }

    void whatCannotBeKeptIsMadeToFit()
    {
        Entry entry;
        entry.actor.name = std::string("a\0b", 3);
        entry.target = "caf\xC3\xA9 \xFF\xC0\x80 \xED\xA0\x80";
        entry.before = std::string(200000, 'x');
        entry.reason = std::string(5000, 'y') + "\xC3\xA9";
        const Entry kept = bounded(entry);
        QCOMPARE(QString::fromStdString(kept.actor.name), QStringLiteral("a\uFFFDb"));
        const QString target = QString::fromStdString(kept.target);
        QVERIFY(target.startsWith(QStringLiteral("café \uFFFD")));
        QCOMPARE(target.toUtf8().toStdString(), kept.target); // valid now
        QVERIFY(kept.before.size() <= 65536 && kept.before.ends_with("…"));
        QVERIFY(kept.reason.size() <= 4096);
        QCOMPARE(bounded(sampleEntry()).reason, sampleEntry().reason);
    }

    void filtersMatch_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::addColumn<bool>("isMatch");
        QTest::newRow("actor") << "actor"
                               << "dana" << true;
        QTest::newRow("other actor") << "actor"
                                     << "dan" << false;
        QTest::newRow("action") << "action"
                                << "tenants.suspend" << true;
        QTest::newRow("actions") << "action"
                                 << "tenants.*" << true;
        QTest::newRow("all actions") << "action"
                                     << "*" << true;
        QTest::newRow("beginning without star") << "action"
                                                << "tenants." << false;
        QTest::newRow("target") << "target"
                                << "tenants/acme" << true;
        QTest::newRow("targets") << "target"
                                 << "operators/*" << false;
        QTest::newRow("text") << "text"
                              << "UNPAID" << true;
        QTest::newRow("text of the request") << "text"
                                             << "req-1" << true;
        QTest::newRow("text that is nowhere") << "text"
                                              << "%" << false;
        QTest::newRow("outcome") << "outcome"
                                 << "ok" << true;
        QTest::newRow("other outcome") << "outcome"
                                       << "denied" << false;
        QTest::newRow("start") << "start"
                               << "0" << true;
        QTest::newRow("later start") << "start"
                                     << "5" << false;
        QTest::newRow("end") << "end"
                             << "5" << true;
        QTest::newRow("end at its time") << "end"
                                         << "1" << false;
    }

    void filtersMatch()
    {
        QFETCH(QString, field);
        QFETCH(QString, value);
        QFETCH(bool, isMatch);
        Filter filter;
        const std::string text = value.toStdString();
        if (field == QStringLiteral("outcome")) {
            filter.outcomes = {*parseOutcome(text)};
        } else if (field == QStringLiteral("start")) {
            filter.start = kMorning + absl::Seconds(value.toInt());
        } else if (field == QStringLiteral("end")) {
            filter.end = kMorning + absl::Seconds(value.toInt());
        } else {
            (field == QStringLiteral("actor")    ? filter.actor
             : field == QStringLiteral("action") ? filter.action
             : field == QStringLiteral("target") ? filter.target
                                                 : filter.text) = text;
        }
        QVERIFY(checkFilter(filter).ok());
        QCOMPARE(matches(filter, chained(1)), isMatch);
    }

    void badFiltersAreRefused()
    {
        Filter filter;
        filter.action = "ten*nts";
        QVERIFY(absl::IsInvalidArgument(checkFilter(filter)));
        filter = {};
        filter.text = std::string(201, 'x');
        QVERIFY(absl::IsInvalidArgument(checkFilter(filter)));
        filter = {};
        filter.start = filter.end = kMorning;
        QVERIFY(absl::IsInvalidArgument(checkFilter(filter)));
    }

    void exportLinesAreWhatTheySay()
    {
        const std::string copy =
            "7\t2026-11-25 09:30:07.5+00\tda\"na\toperator viewer\tx.y\tt/1\t"
            "{\"a\":\"\\\\n\"}\t\t\ta\\tb, c\\nd\ts\tr\tt\tok\t\t2026-11-25\tff";
        std::string csv;
        QVERIFY(ExportLines(ExportFormat::Csv).append(copy, csv));
        QCOMPARE(
            QString::fromStdString(csv),
            QStringLiteral(
                "7,2026-11-25T09:30:07.5Z,\"da\"\"na\",operator viewer,x.y,t/1,"
                "\"{\"\"a\"\":\"\"\\n\"\"}\",,,\"a\tb, c\nd\",s,r,t,ok,,2026-11-25,ff\r\n"));
        std::string json;
        QVERIFY(ExportLines(ExportFormat::JsonLines).append(copy, json));
        QVERIFY(json.ends_with("}\n"));
        const QJsonObject object =
            QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
        QCOMPARE(object.size(), 17);
        QCOMPARE(object.value(QStringLiteral("sequence")).toInt(), 7);
        QCOMPARE(object.value(QStringLiteral("actor")).toString(), QStringLiteral("da\"na"));
        QCOMPARE(object.value(QStringLiteral("roles")).toArray().size(), 2);
        QCOMPARE(
            object.value(QStringLiteral("before")).toString(), QStringLiteral("{\"a\":\"\\n\"}"));
        QCOMPARE(object.value(QStringLiteral("reason")).toString(), QStringLiteral("a\tb, c\nd"));
        QCOMPARE(sequenceOf(copy), std::int64_t{7});
        std::string nothing;
        QVERIFY(!ExportLines(ExportFormat::Csv).append("1\t2", nothing));
        QVERIFY(nothing.empty());
    }
};

QTEST_APPLESS_MAIN(TstAuditRules)
#include "tst_audit_rules.moc"
