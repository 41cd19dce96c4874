// SPDX-License-Identifier: Apache-2.0
#include "server/config/Config.h"
#include "server/config/Keys.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::config;

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
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const QString& text, const char* message) {
            QTest::newRow(name) << text << message;
        };
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
        row("window without a schedule",
            "[[rollouts.windows]]\nkind = 'deny'\n",
            "p.toml:1: rollouts.windows[0]: ");
        row("window with a wrong schedule",
            "[[rollouts.windows]]\nschedule = '0 25 * * *'\n",
            "p.toml:2: rollouts.windows[0].schedule: ");
        row("window of nothing known",
            "[[rollouts.windows]]\nschedule = '0 9 * * *'\napplications = ['shop']\n",
            "p.toml:3: rollouts.windows[0].applications: there is no [[rollouts.applications]] "
            "with the name \"shop\"");
        row("window of a wrong kind",
            "[[rollouts.windows]]\nschedule = '0 9 * * *'\nkind = 'freeze'\n",
            "p.toml:3: rollouts.windows[0].kind: expected one of [\"allow\", \"deny\"]");
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
        row("application without a socket",
            "[[rollouts.applications]]\nname='a'\nmap_file='/m'\n",
            "p.toml:1: rollouts.applications[0]: expected a haproxy_socket");
        row("application twice",
            "[[rollouts.applications]]\nname='a'\nhaproxy_socket='/s'\nmap_file='/m'\n"
            "[[rollouts.applications]]\nname='a'\nhaproxy_socket='/s'\nmap_file='/n'\n",
            "p.toml:6: rollouts.applications[1].name: another");
        row("the same side twice",
            "[[rollouts.applications]]\nname='a'\nhaproxy_socket='/s'\nmap_file='/m'\n"
            "green='blue'\n",
            "blue and green must be different");
        row("a command as a name",
            "[[rollouts.applications]]\nname='a'\nhaproxy_socket='/s'\nmap_file='/m'\n"
            "green='g;shutdown'\n",
            "expected a green of letters");
        const QString inCluster =
            "[[rollouts.applications]]\nname='a'\ndriver='kubernetes'\nservice='shop'\n";
        row("another driver",
            "[[rollouts.applications]]\nname='a'\ndriver='nginx'\n",
            "p.toml:3: rollouts.applications[0].driver: expected one of");
        row("no Service",
            "[[rollouts.applications]]\nname='a'\ndriver='kubernetes'\ncompare=false\n",
            "expected a service of lower-case letters");
        row("no queries",
            inCluster,
            "compare needs responses_query and server_errors_query with Kubernetes");
        row("a query without a side",
            inCluster + "compare=false\nresponses_query='sum(x)'\n",
            "p.toml:6: rollouts.applications[0].responses_query: expected a responses_query with "
            "$side");
        row("a query that is none",
            inCluster + "compare=false\nresponses_query='sum(x{a=\"$side\"'\n",
            "parse error");
        row("keys of another driver",
            inCluster + "compare=false\nmap_file='/m'\n",
            "map_file does nothing with driver = \"kubernetes\"");
        row("a Service with HAProxy",
            "[[rollouts.applications]]\nname='a'\nhaproxy_socket='/s'\nmap_file='/m'\n"
            "service='shop'\n",
            "service does nothing with driver = \"haproxy\"");
        const QString onHaproxy =
            "[[rollouts.applications]]\nname='a'\nhaproxy_socket='/s'\nmap_file='/m'\n";
        row("slow responses of nothing",
            onHaproxy + "slow_responses_query='x{a=\"$side\"}'\n",
            "p.toml:5: rollouts.applications[0].slow_responses_query: with HAProxy "
            "responses_query and slow_responses_query go together");
        row("slow responses without a comparison",
            inCluster + "compare=false\nslow_responses_query='x{a=\"$side\"}'\n",
            "slow_responses_query does nothing with compare = false");
        row("one command",
            onHaproxy + "blue_command=['/bin/a']\n",
            "p.toml:5: rollouts.applications[0].blue_command: blue_command and green_command must "
            "be two, or none");
        row("a command without its path",
            onHaproxy + "blue_command=['/bin/a']\ngreen_command=['a', '{port}']\n",
            "p.toml:6: rollouts.applications[0].green_command: expected a green_command that "
            "begins with the whole path of a program");
        row("an account of nothing",
            onHaproxy + "run_as='nobody'\n",
            "run_as does nothing without blue_command");
        row("commands in a cluster",
            inCluster + "compare=false\nblue_command=['/bin/a']\n",
            "blue_command does nothing with driver = \"kubernetes\"");
        row("one Deployment",
            inCluster + "compare=false\nblue_deployment='b'\n",
            "must be two, or none");
        row("a split Service",
            inCluster + "compare=false\nhold_back=5\n",
            "a Kubernetes Service is not split");
        row("automatic in a cluster",
            inCluster + "compare=false\nautomatic_rollback=true\n",
            "automatic_rollback is for HAProxy");
        row("a path as a Service",
            "[[rollouts.applications]]\nname='a'\ndriver='kubernetes'\nservice='../x'\n"
            "compare=false\n",
            "expected a service of lower-case letters");
        row("the same Service twice",
            inCluster + "compare=false\n" +
                "[[rollouts.applications]]\nname='b'\ndriver='kubernetes'\nservice='shop'\n"
                "compare=false\n",
            "another application has the same Service");
        const QString measured =
            "[[rollouts.analyses]]\nname='a'\nquery='sum(x{c=\"$candidate\"})'\n";
        row("no condition",
            measured,
            "rollouts.analyses[0]: expected a success_condition, a failure_condition or both");
        row("a condition on nothing",
            measured + "success_condition='x > 1'\n",
            "p.toml:4: rollouts.analyses[0].success_condition: expected a success_condition with "
            "the "
            "word result");
        row("a condition that is none", measured + "success_condition='result >'\n", "parse error");
        row("a condition that always holds",
            measured + "failure_condition='result > bool 1'\n",
            "a comparison with bool holds always");
        row("a promotion without an end",
            measured + "success_condition='result > 1'\ncount=0\n",
            "a promotion waits for its conditions");
        row("conditions of nobody",
            measured + "success_condition='result > 1'\napplications=['till']\n",
            "there is no [[rollouts.applications]] with the name \"till\"");
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

    void saysWhereAndWhatIsWrong()
    {
        QFETCH(QString, text);
        QFETCH(QString, message);
        const auto config = parseConfig(text.toStdString(), "p.toml");
        QVERIFY(!config.ok());
        QCOMPARE(config.status().code(), absl::StatusCode::kInvalidArgument);
        const QString got = QString::fromStdString(std::string(config.status().message()));
        QVERIFY2(got.contains(message), qPrintable(got));
    }

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
