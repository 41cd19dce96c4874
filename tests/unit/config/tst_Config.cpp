// SPDX-License-Identifier: Apache-2.0
// Reading a configuration: defaults, the sample file, every kind of value, secrets, and what is
// said about keys that are wrong; those of rollouts and scaling have tests of their own.
#include "server/config/Config.h"
#include "server/config/Keys.h"
#include "tests/unit/config/WrongConfig.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::config;
using namespace pilothouse::test;

namespace {

/// The table that the sample shows in comments, without the #, up to the next one.
std::string sampleTable(const char* head)
{
    const std::string sample = sampleConfig();
    std::string active;
    bool isInside = false;
    for (const QString& line : QString::fromStdString(sample).split(QLatin1Char('\n'))) {
        isInside = line == QLatin1String(head) || (isInside && !line.isEmpty());
        if (isInside) {
            active += line.mid(line.startsWith(QLatin1String("# ")) ? 2 : 0).toStdString() + "\n";
        }
    }
    return active;
}

} // namespace

class TestConfig : public QObject
{
    Q_OBJECT

private:
    static void write(const QString& path, const QByteArray& text)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

private Q_SLOTS:
    void emptyTextGivesTheDefaults()
    {
        const auto config = parseConfig("", "a.toml");
        QVERIFY(config.ok());
        QCOMPARE(config->grpc.listen, std::string("127.0.0.1:7443"));
        QCOMPARE(config->database.pool.maximum, 20);
        QVERIFY(config->metrics.retention == absl::Hours(24));
    }

    void sampleFileIsTheKeyTableAndHoldsTheDefaults()
    {
        const QString path = qEnvironmentVariable("PILOTHOUSE_SOURCE_DIR") +
                             QStringLiteral("/resources/config/pilothouse.toml");
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(QString::fromUtf8(file.readAll()), QString::fromStdString(sampleConfig()));
        const auto config = loadConfig(path.toStdString());
        QVERIFY2(config.ok(), config.status().ToString().c_str());
        const Config defaults;
        for (const auto& key : configKeys()) {
            QVERIFY2(key.show(*config) == key.show(defaults), key.name.c_str());
            QVERIFY2(key.doc.size() > 10 && key.doc.back() == '\n', key.name.c_str());
        }
        QVERIFY(config->metrics.scrape.empty());
    }

    void everyKeyOfASampleJobIsAccepted()
    {
        const auto config = parseConfig(sampleTable("# [[metrics.scrape]]"), "a.toml");
        QVERIFY2(config.ok(), config.status().ToString().c_str());
        QCOMPARE(config->metrics.scrape.size(), std::size_t(1));
        QCOMPARE(config->metrics.scrape[0].bodyLimitBytes, std::int64_t(32 << 20));
    }

    void everyKeyOfASampleApplicationIsAccepted()
    {
        const auto config = parseConfig(sampleTable("# [[rollouts.applications]]"), "a.toml");
        QVERIFY2(config.ok(), config.status().ToString().c_str());
        QCOMPARE(config->rollouts.applications.size(), std::size_t(1));
        QCOMPARE(config->rollouts.applications[0].keepWarm, absl::Minutes(10));
    }

    void everyKeyOfASampleAnalysisIsAccepted()
    {
        const auto config = parseConfig(sampleTable("# [[rollouts.analyses]]"), "a.toml");
        QVERIFY2(config.ok(), config.status().ToString().c_str());
        QCOMPARE(config->rollouts.analyses.size(), std::size_t(1));
        QCOMPARE(config->rollouts.analyses[0].count, 5);
    }

    void everyKeyOfASampleWindowIsAccepted()
    {
        const auto config = parseConfig(sampleTable("# [[rollouts.windows]]"), "a.toml");
        QVERIFY2(config.ok(), config.status().ToString().c_str());
        QCOMPARE(config->rollouts.windows.size(), std::size_t(1));
        QCOMPARE(config->rollouts.windows[0].schedule, std::string("0 9 * * 1-4"));
    }

    void everyKeyOfASampleScalingPolicyIsAccepted()
    {
        const auto config = parseConfig(
            sampleTable("# [[scaling.policies]]") + sampleTable("# [[scaling.metrics]]"), "a.toml");
        QVERIFY2(config.ok(), config.status().ToString().c_str());
        QCOMPARE(config->scaling.policies.size(), std::size_t(1));
        QVERIFY(config->scaling.policies[0].downStabilisation == absl::Seconds(300));
        QCOMPARE(config->scaling.metrics[0].target, 150.0);
    }

    void readsEveryKindOfValue()
    {
        const auto config = parseConfig(
            "data_dir = 'state'\n"
            "[server]\nenvironment = 'production'\n"
            "[grpc]\nlisten = '[::1]:0'\n"
            "[database]\nslow_query = '250ms'\n"
            "[database.pool]\nminimum = 1\nlifetime = '24h'\n"
            "[redis]\nenabled = false\n"
            "[[metrics.scrape]]\njob = 'a'\ninterval = '500ms'\ntargets = ['h:1', 'i:2']\n"
            "labels = { team = 'x' }\nbody_limit = '1MiB'\n"
            "[[metrics.scrape]]\njob = 'b'\nfiles = ['sd/*.json']\nbody_limit = 4096\n",
            "/etc/ph/a.toml");
        QVERIFY2(config.ok(), config.status().ToString().c_str());
        QCOMPARE(config->dataDir.string(), std::string("/etc/ph/state"));
        QVERIFY(config->server.environment == system::Environment::Production);
        QVERIFY(config->database.slowQuery == absl::Milliseconds(250));
        QVERIFY(config->database.pool.lifetime == absl::Hours(24));
        QVERIFY(!config->redis.enabled);
        QCOMPARE(config->metrics.scrape.size(), std::size_t(2));
        const ScrapeJob& first = config->metrics.scrape[0];
        QCOMPARE(first.targets.size(), std::size_t(2));
        QCOMPARE(first.labels.at("team"), std::string("x"));
        QCOMPARE(first.bodyLimitBytes, std::int64_t(1 << 20));
        QVERIFY(first.timeout == absl::Milliseconds(500));
        QCOMPARE(config->metrics.scrape[1].files[0], std::string("/etc/ph/sd/*.json"));
    }

    void saysWhereAndWhatIsWrong_data()
    {
        addWrongColumns();
        row("unknown",
            "\n[grpc]\nlisen = 'a:1'\n",
            "p.toml:3: grpc.lisen: unknown key; did you mean grpc.listen?");
        row("unknown table",
            "[grcp]\nlisten = 'a:1'\n",
            "p.toml:1: grcp: unknown key; did you mean grpc?");
        row("wrong table",
            "slow_query = '5s'\n",
            "slow_query: unknown key; did you mean database.slow_query?");
        row("far from all", "zzzzzzzzzzzzzz = 1\n", "p.toml:1: zzzzzzzzzzzzzz: unknown key");
        row("unknown in job",
            "[[metrics.scrape]]\njob='a'\ntargets=['a:1']\nintervall='1s'\n",
            "p.toml:4: intervall: unknown key; did you mean interval?");
        row("string",
            "[server]\ndisplay_name = 5\n",
            "p.toml:2: server.display_name: expected a string");
        row("number", "[executors]\ndb_threads = 'x'\n", "expected a whole number from 1 to 256");
        row("range",
            "[executors]\ndb_threads = 0\n",
            "executors.db_threads: expected a whole number");
        row("fraction", "[executors]\ndb_threads = 1.5\n", "expected a whole number");
        row("boolean", "[http]\ntls = 'yes'\n", "p.toml:2: http.tls: expected true or false");
        row("duration", "[database]\nslow_query = 10\n", "expected a duration such as");
        row("duration range",
            "[database]\nslow_query = '0s'\n",
            "expected a duration from \"1ms\" to \"24h\"");
        row("environment", "[server]\nenvironment = 'prod'\n", "expected one of [");
        row("level", "[log]\nlevel = 'loud'\n", "log.level: expected one of [");
        row("address", "[grpc]\nlisten = '7443'\n", "grpc.listen: expected \"host:port\"");
        row("list", "[http]\nallowed_hosts = 'a'\n", "expected a list of strings");
        row("list of", "[http]\nallowed_hosts = [1]\n", "expected a list of strings");
        row("table", "grpc = 5\n", "p.toml:1: grpc: expected a table, [grpc]");
        row("jobs", "[metrics]\nscrape = 5\n", "each begun by [[metrics.scrape]]");
        row("labels",
            "[[metrics.scrape]]\njob='a'\ntargets=['a:1']\nlabels={'1x'='a'}\n",
            "expected a table of labels");
        row("target",
            "[[metrics.scrape]]\njob='a'\ntargets=['http://a']\n",
            "expected a list of \"host:port\"");
        row("path",
            "[[metrics.scrape]]\njob='a'\ntargets=['a:1']\nmetrics_path='m'\n",
            "expected a path that begins with /");
        row("no name",
            "[[metrics.scrape]]\ntargets=['a:1']\n",
            "p.toml:1: metrics.scrape[0]: expected a name");
        row("no targets",
            "[[metrics.scrape]]\njob='a'\n",
            "expected at least one of targets and files");
        row("twice",
            "[[metrics.scrape]]\njob='a'\ntargets=['a:1']\n[[metrics.scrape]]\njob='a'\ntargets=['"
            "a:1']\n",
            "p.toml:5: metrics.scrape[1].job: another");
        row("timeout",
            "[[metrics.scrape]]\njob='a'\ntargets=['a:1']\ntimeout='2s'\n",
            "p.toml:4: metrics.scrape[0].timeout: the timeout (2s) must not be longer than the "
            "interval (1s)");
        row("pool",
            "[database.pool]\nminimum = 30\n",
            "p.toml:2: database.pool.minimum: database.pool.minimum (30) must not be greater");
        row("session",
            "[access]\nsession_idle = '24h'\n",
            "must not be longer than access.session_lifetime");
        row("http open",
            "[http]\nlisten = '0.0.0.0:80'\n",
            "p.toml:2: http.listen: \"0.0.0.0:80\" is reachable from outside");
        row("same port", "[http]\nlisten = '127.0.0.1:7443'\n", "are both");
        row("no such file", "[grpc]\nkey_file = '/nonexistent/key'\n", "No such file");
        row("not toml", "[grpc\n", "p.toml:1: not TOML:");
        row("duplicate", "data_dir='a'\ndata_dir='b'\n", "p.toml:2: not TOML:");
    }

    void saysWhereAndWhatIsWrong() { checkWrongRow(); }

    void namesEveryProblemInTheOrderOfTheFile()
    {
        const auto config = parseConfig("[log]\nlevel = 'x'\nfromat = 'y'\n", "p.toml");
        QCOMPARE(
            QString::fromStdString(std::string(config.status().message())),
            QStringLiteral("p.toml:2: log.level: expected one of [\"debug\", \"info\", "
                           "\"warning\", \"error\"]\n"
                           "p.toml:3: log.fromat: unknown key; did you mean log.format?"));
    }

    void secretsComeFromFiles()
    {
        const QTemporaryDir folder;
        write(folder.filePath(QStringLiteral("db")), "postgresql://u:p@h/d\n");
        write(folder.filePath(QStringLiteral("empty")), "\n");
        const std::string name = folder.filePath(QStringLiteral("p.toml")).toStdString();
        const auto config = parseConfig("[database]\nurl_file = 'db'\n", name);
        QVERIFY2(config.ok(), config.status().ToString().c_str());
        QCOMPARE(config->database.url, std::string("postgresql://u:p@h/d"));
        QVERIFY(!parseConfig("[database]\nurl_file = 'empty'\n", name).ok());
        QVERIFY(!parseConfig("[database]\nurl_file = 'absent'\n", name).ok());
        QVERIFY(!parseConfig("[database]\nurl = 'x'\nurl_file = 'db'\n", name).ok());
        QVERIFY(!parseConfig("[redis]\nurl_file = '.'\n", name).ok());
    }

    void listensOutsideOnlyWithTlsAndToken()
    {
        const QTemporaryDir folder;
        write(folder.filePath(QStringLiteral("token")), "secret\n");
        const std::string name = folder.filePath(QStringLiteral("p.toml")).toStdString();
        QVERIFY(
            parseConfig("[http]\nlisten='0.0.0.0:1'\ntls=true\ntoken_file='token'\n", name).ok());
        QVERIFY(!parseConfig("[http]\nlisten='0.0.0.0:1'\ntls=true\n", name).ok());
        QVERIFY(!parseConfig("[http]\nlisten='0.0.0.0:1'\ntoken_file='token'\n", name).ok());
        QVERIFY(!parseConfig("[grpc]\ncertificate_file='token'\n", name).ok());
    }

    void absentFileAndFolderAreSaid()
    {
        QCOMPARE(loadConfig("/nonexistent/p.toml").status().code(), absl::StatusCode::kNotFound);
        QCOMPARE(loadConfig("/tmp").status().code(), absl::StatusCode::kInvalidArgument);
    }
};

QTEST_GUILESS_MAIN(TestConfig)
#include "tst_Config.moc"
