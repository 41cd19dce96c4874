// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/targets/TargetFile.h"
#include "server/metrics/targets/TargetSource.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <array>
#include <cmath>

using namespace pilothouse;
using namespace pilothouse::metrics;

namespace {

/// Raw strings confuse moc, so that the JSON here is written with single quotes.
QByteArray quoted(const char* text)
{
    return QByteArray(text).replace('\'', '"');
}

void write(const QString& path, const char* text)
{
    QFile file(path + QStringLiteral(".new"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(quoted(text));
    file.close();
    QFile::remove(path);
    QVERIFY(file.rename(path));
}

config::ScrapeJob shop()
{
    config::ScrapeJob job;
    job.job = "shop";
    job.targets = {"a:1", "b:2"};
    job.labels = {{"env", "test"}};
    return job;
}

} // namespace

class TargetsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void files_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("targets"); // -1 = refused
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char* title,
                            const char* name,
                            const char* text,
                            int targets,
                            const char* message = "") {
            QTest::newRow(title) << QByteArray(name) << quoted(text) << targets
                                 << QByteArray(message);
        };
        row("json", "t.json", "[{'targets': ['a:1', 'b:2'], 'labels': {'x': 'y'}}]", 2);
        row("empty json", "t.json", "[]", 0);
        row("group without labels", "t.json", "[{'targets': ['a:1']}, {'targets': []}]", 1);
        row("yaml", "t.yml", "- targets: [a:1, 'b:2']\n  labels: {x: y, n: 5}\n", 2);
        row("yaml block", "t.yaml", "- targets:\n  - a:1\n", 1);
        row("empty yaml", "t.yml", "", 0);
        row("json cut short", "t.json", "[{'targets': ['a:1'", -1, "line 1");
        row("yaml broken", "t.yml", "- targets: [a:1\n  labels: }{", -1, "t.yml:");
        row("not a list", "t.json", "{'targets': ['a:1']}", -1, "expected a list");
        row("yaml not a list", "t.yml", "targets: [a:1]", -1, "expected a list");
        row("number as target", "t.json", "[{'targets': [9100]}]", -1, "t.json[0].targets");
        row("number as label", "t.json", "[{'labels': {'x': 5}}]", -1, "t.json[0].labels.x");
        row("unknown key", "t.json", "[{'target': ['a:1']}]", -1, "\"target\"");
        row("yaml unknown key", "t.yml", "- targets: [a:1]\n  label: {}\n", -1, "t.yml:2");
        row("bad label name", "t.yml", "- targets: [a:1]\n  labels: {a-b: c}\n", -1, "a-b");
        row("path as target", "t.json", "[{'targets': ['http://a:1/x']}]", -1, "host:port");
        row("unknown kind", "t.txt", "[]", -1, "unknown");
        row("binary", "t.json", "\x01\x02\xff", -1, "t.json");
        row("deep", "t.yml", "- - - - - a\n", -1, "expected a map");
    }

    void files()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, text);
        QFETCH(int, targets);
        QFETCH(QByteArray, message);
        const auto groups = parseTargetFile(text.toStdString(), name.toStdString());
        QVERIFY2(groups.ok() == (targets >= 0), groups.status().ToString().c_str());
        if (groups.ok()) {
            std::size_t count = 0;
            for (const TargetGroup& group : *groups) {
                count += group.targets.size();
            }
            QCOMPARE(int(count), targets);
        } else {
            const QString said = QString::fromStdString(std::string(groups.status().message()));
            QVERIFY2(said.contains(QString::fromUtf8(message)), qPrintable(said));
        }
    }

    void rulesOfPrometheus()
    {
        config::ScrapeJob job = shop();
        const auto plain = resolveTarget(job, "a:1", {{"zone", "x"}});
        QVERIFY(plain.ok());
        QCOMPARE(plain->url.toString(), std::string("http://a:1/metrics"));
        QCOMPARE(
            plain->labels,
            (Labels{{"job", "shop"}, {"instance", "a:1"}, {"env", "test"}, {"zone", "x"}}));
        const auto bent = resolveTarget(
            job,
            "a:1",
            {{"__scheme__", "https"},
             {"__metrics_path__", "probe"},
             {"__param_target", "x y"},
             {"__param_module", "m"},
             {"__meta_note", "dropped"},
             {"job", "other"},
             {"instance", "named"},
             {"env", "override"}});
        QVERIFY(bent.ok());
        QCOMPARE(bent->url.toString(), std::string("https://a:1/probe?module=m&target=x%20y"));
        QCOMPARE(
            bent->labels, (Labels{{"job", "other"}, {"instance", "named"}, {"env", "override"}}));
        QVERIFY(!resolveTarget(job, "a b", {}).ok());
        QVERIFY(!resolveTarget(job, "a:1", {{"__scheme__", "file"}}).ok());
    }

    void timeoutIsNeverLongerThanTheInterval()
    {
        config::ScrapeJob job = shop();
        job.interval = absl::Seconds(1);
        job.timeout = absl::Seconds(10);
        QCOMPARE(resolveTarget(job, "a:1", {})->timeout, absl::Seconds(1));
    }

    void scrapesAreSpread()
    {
        const absl::Duration interval = absl::Seconds(1);
        std::array<int, 10> tenths{};
        for (int number = 0; number < 2000; ++number) {
            const auto target =
                resolveTarget(shop(), "host" + std::to_string(number) + ":9100", {});
            const absl::Duration offset = scrapeOffset(target->key(), interval);
            QVERIFY(offset >= absl::ZeroDuration() && offset < interval);
            QCOMPARE(scrapeOffset(target->key(), interval), offset);
            ++tenths[std::size_t(absl::ToInt64Milliseconds(offset) / 100)];
        }
        for (const int count : tenths) {
            QVERIFY2(count > 140 && count < 260, std::to_string(count).c_str());
        }
    }

    void waitsToTheNextTurn()
    {
        const absl::Time epoch = absl::UnixEpoch() + absl::Seconds(1000);
        const auto wait = [&](int nowMs, int offsetMs) {
            return absl::ToInt64Milliseconds(waitForScrape(
                epoch + absl::Milliseconds(nowMs),
                absl::Seconds(10),
                absl::Milliseconds(offsetMs)));
        };
        QCOMPARE(wait(0, 3000), std::int64_t(3000));
        QCOMPARE(wait(2999, 3000), std::int64_t(1));
        QCOMPARE(wait(3000, 3000), std::int64_t(10000));
        QCOMPARE(wait(9000, 3000), std::int64_t(4000));
        QVERIFY(
            waitForScrape(
                absl::UnixEpoch() - absl::Seconds(3), absl::Seconds(2), absl::ZeroDuration()) <=
            absl::Seconds(2));
    }

    void filesChange()
    {
        QTemporaryDir folder;
        config::ScrapeJob job = shop();
        job.targets.clear();
        job.files = {folder.path().toStdString() + "/*.json"};
        TargetSource source({job});
        QVERIFY(source.refresh());
        QVERIFY(source.targets().empty());
        QVERIFY(!source.refresh());

        const QString first = folder.filePath(QStringLiteral("one.json"));
        write(first, "[{'targets': ['a:1']}]");
        write(folder.filePath(QStringLiteral("two.json")), "[{'targets': ['b:1', 'a:1']}]");
        QVERIFY(source.refresh());
        QCOMPARE(source.targets().size(), std::size_t(2)); // a:1 is in both
        QVERIFY(!source.refresh());

        write(first, "[{'targets': ['c:1']}]");
        QVERIFY(source.refresh());
        QCOMPARE(source.targets().size(), std::size_t(3));

        // A bad file keeps what it said before and is reported.
        write(first, "oops");
        QVERIFY(source.refresh());
        QCOMPARE(source.targets().size(), std::size_t(3));
        QCOMPARE(source.problems().size(), std::size_t(1));
        QVERIFY(source.problems()[0].find("one.json") != std::string::npos);

        write(first, "[]");
        QVERIFY(source.refresh());
        QVERIFY(source.problems().empty());
        QCOMPARE(source.targets().size(), std::size_t(2));

        QVERIFY(QFile::remove(folder.filePath(QStringLiteral("two.json"))));
        QVERIFY(source.refresh());
        QVERIFY(source.targets().empty());
    }

    void whatWasFoundComesAndGoes()
    {
        TargetSource source({shop()});
        QVERIFY(source.refresh());
        config::ScrapeJob job;
        job.job = "checkout";
        job.interval = absl::Seconds(5);
        source.setDiscovered(
            {{job,
              {.targets = {"c:3"},
               .labels = {{"colour", "green"}, {"__metrics_path__", "/numbers"}}}}});
        QVERIFY(source.refresh());
        QVERIFY(!source.refresh());
        QCOMPARE(source.targets().size(), std::size_t(3));
        const ScrapeTarget& found = source.targets().back();
        QCOMPARE(found.url.toString(), std::string("http://c:3/numbers"));
        QCOMPARE(found.labels.get("job"), std::string_view("checkout"));
        QCOMPARE(found.labels.get("colour"), std::string_view("green"));
        QVERIFY(found.interval == absl::Seconds(5));
        source.setDiscovered({});
        QVERIFY(source.refresh());
        QCOMPARE(source.targets().size(), std::size_t(2));
    }

    void badAddressesAreReportedAndTheRestIsUsed()
    {
        config::ScrapeJob job = shop();
        job.targets = {"a:1", "not a host", "b:2"};
        TargetSource source({job});
        source.refresh();
        QCOMPARE(source.targets().size(), std::size_t(2));
        QCOMPARE(source.problems().size(), std::size_t(1));
        QVERIFY(source.problems()[0].find("job \"shop\"") == 0);
    }
};

QTEST_APPLESS_MAIN(TargetsTest)
#include "TargetsTest.moc"
