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

/// A policy on the Deployment "b".
QString scalingPolicy(const char* name, const char* mode, const char* keys)
{
    return QStringLiteral("[[scaling.policies]]\nname='%1'\nmode='%2'\ndeployment='b'\n%3"
                          "[[scaling.metrics]]\npolicy='%1'\nname='a'\nexpression='x'\n"
                          "target=1\n")
        .arg(QString::fromUtf8(name), QString::fromUtf8(mode), QString::fromUtf8(keys));
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
        const QString behindOwn = "[[rollouts.applications]]\nname='a'\nlisten='127.0.0.1:8080'\n";
        const QString ofOwnHaproxy =
            behindOwn + "blue_command=['/b']\ngreen_command=['/g']\nfirst_port=21000\n";
        row("no place to listen",
            "[[rollouts.applications]]\nname='a'\nlisten='8080'\n",
            "p.toml:3: rollouts.applications[0].listen: expected a listen as \"host:port\"");
        row("two HAProxies",
            ofOwnHaproxy + "map_file='/m'\n",
            "map_file is for an HAProxy of yours: it does nothing with listen");
        row("an HAProxy without servers",
            behindOwn,
            "listen needs blue_command and green_command, or blue_servers and green_servers");
        row("servers and commands",
            ofOwnHaproxy + "blue_servers=['10.0.0.1:80']\n",
            "p.toml:7: rollouts.applications[0].blue_servers: listen needs");
        row("a server by name",
            behindOwn + "blue_servers=['till:80']\ngreen_servers=['10.0.0.1:80']\n",
            "expected blue_servers with addresses, not names: \"till:80\"");
        row("a server twice",
            behindOwn +
                "blue_servers=['10.0.0.1:80','10.0.0.1:80']\ngreen_servers=['10.0.0.2:80']\n",
            "\"10.0.0.1:80\" is there twice");
        row("processes without ports",
            behindOwn + "blue_command=['/b']\ngreen_command=['/g']\n",
            "expected a first_port for the processes");
        row("processes with the same ports",
            ofOwnHaproxy + "[[rollouts.applications]]\nname='b'\nlisten='127.0.0.1:8081'\n"
                           "blue_command=['/b']\ngreen_command=['/g']\nfirst_port=21003\n",
            "processes of \"a\" may get the ports 21000 to 21003, those of this one 21003 to "
            "21006");
        row("two applications on one port",
            ofOwnHaproxy + "[[rollouts.applications]]\nname='b'\nlisten='127.0.0.1:8080'\n"
                           "blue_command=['/b']\ngreen_command=['/g']\nfirst_port=22000\n",
            "another application has the same listen");
        row("a health path that is more",
            ofOwnHaproxy + "health_path='/x\\n    server evil'\n",
            "expected a health_path that begins with /");
        row("instances of somebody else",
            onHaproxy + "instances=3\n",
            "instances does nothing with an HAProxy of yours");
        row("a preview of somebody else",
            inCluster + "compare=false\npreview_listen='127.0.0.1:80'\n",
            "preview_listen does nothing with Kubernetes");
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
        const QString ofArgo =
            "[[rollouts.applications]]\nname='a'\ndriver='argo-rollouts'\nrollout='shop'\n";
        row("no Rollout",
            "[[rollouts.applications]]\nname='a'\ndriver='argo-rollouts'\ncompare=false\n",
            "expected a rollout of lower-case letters");
        row("a Service of a Rollout",
            ofArgo + "compare=false\nservice='shop'\n",
            "p.toml:6: rollouts.applications[0].service: service does nothing with driver = "
            "\"argo-rollouts\"");
        row("sides of a Rollout",
            ofArgo + "compare=false\ngreen='shop-green'\n",
            "green does nothing with driver = \"argo-rollouts\"");
        row("a Rollout behind HAProxy",
            onHaproxy + "rollout='shop'\n",
            "rollout does nothing with driver = \"haproxy\"");
        row("a split Rollout",
            ofArgo + "compare=false\ntraffic_steps=[5]\n",
            "a blue-green Rollout is not split");
        row("a Rollout compared by nothing",
            ofArgo,
            "compare needs responses_query and server_errors_query with argo-rollouts");
        row("the same Rollout twice",
            ofArgo + "compare=false\n" +
                "[[rollouts.applications]]\nname='b'\ndriver='argo-rollouts'\nrollout='shop'\n"
                "compare=false\n",
            "p.toml:9: rollouts.applications[1].rollout: another application has the same Rollout");
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
        const QString scaled =
            "[[scaling.policies]]\nname='shop'\nready_query='sum(up)'\n"
            "[[scaling.metrics]]\npolicy='shop'\nname='load'\nexpression='load'\ntarget=2\n";
        row("a policy without metrics",
            "[[scaling.policies]]\nname='shop'\nready_query='sum(up)'\n",
            "p.toml:2: scaling.policies[0].name: expected a [[scaling.metrics]] with policy = "
            "\"shop\"");
        row("a policy of nothing",
            "[[scaling.policies]]\nname='shop'\n",
            "p.toml:1: scaling.policies[0]: expected a ready_query, a deployment or an "
            "application");
        row("a policy of both",
            "[[scaling.policies]]\nname='shop'\nready_query='sum(up)'\ndeployment='shop'\n",
            "p.toml:3: scaling.policies[0].ready_query: ready_query does nothing with what is "
            "counted by itself");
        row("a policy of two things",
            "[[scaling.policies]]\nname='shop'\napplication='shop'\ndeployment='shop'\n",
            "p.toml:3: scaling.policies[0].application: expected a deployment or an application, "
            "not both");
        row("a policy of an application that there is not",
            "[[scaling.policies]]\nname='shop'\napplication='till'\n",
            "there is no [[rollouts.applications]] with the name \"till\"");
        row("a policy of somebody else's processes",
            onHaproxy + "[[scaling.policies]]\nname='shop'\napplication='a'\n",
            "\"a\" has no blue_command and green_command");
        const auto scaledApplication = [](const QString& name, const QString& keys = {}) {
            return QStringLiteral("[[scaling.policies]]\nname='%1'\napplication='a'\nmode='act'\n%2"
                                  "[[scaling.metrics]]\npolicy='%1'\nname='load'\n"
                                  "expression='load'\ntarget=2\n")
                .arg(name, keys);
        };
        row("one application of two policies",
            ofOwnHaproxy + scaledApplication("x") + scaledApplication("y"),
            "policy \"x\" scales the same application already");
        row("more processes than ports",
            behindOwn + "blue_command=['/b']\ngreen_command=['/g']\nfirst_port=65000\n" +
                scaledApplication("x", "maximum=400\n"),
            "up to 400 processes of each side need the ports 65000 to 65799");
        row("a policy that cannot act",
            "[[scaling.policies]]\nname='shop'\nready_query='sum(up)'\nmode='act'\n",
            "p.toml:4: scaling.policies[0].mode: mode = \"act\" needs a deployment or an "
            "application");
        row("a namespace of nothing",
            "[[scaling.policies]]\nname='shop'\nready_query='sum(up)'\nnamespace='x'\n",
            "namespace does nothing without a deployment");
        row("a path as a Deployment",
            "[[scaling.policies]]\nname='shop'\ndeployment='../x'\n",
            "expected a deployment of lower-case letters");
        row("more than the most",
            "[[scaling.policies]]\nname='shop'\nready_query='x'\nminimum=5\nmaximum=2\n",
            "p.toml:4: scaling.policies[0].minimum: minimum (5) must not be greater than maximum "
            "(2)");
        row("no instances",
            "[[scaling.policies]]\nname='shop'\nready_query='x'\nminimum=0\n",
            "expected a whole number from 1 to 10000");
        row("a rate that is none",
            "[[scaling.policies]]\nname='shop'\nready_query='x'\nup_policies=['4 pods']\n",
            "p.toml:4: scaling.policies[0].up_policies: expected a rate such as \"100% / 15s\"");
        row("a tolerance that is none",
            "[[scaling.policies]]\nname='shop'\nready_query='x'\ntolerance=2\n",
            "expected a number from 0 to 0.9");
        row("a window that is too long",
            "[[scaling.policies]]\nname='shop'\nready_query='x'\ndown_stabilisation='2h'\n",
            "to \"1h\"");
        row("a select that is none",
            "[[scaling.policies]]\nname='shop'\nready_query='x'\nup_select='most'\n",
            "expected one of [\"max\", \"min\", \"disabled\"]");
        row("a query that counts nothing",
            "[[scaling.policies]]\nname='shop'\nready_query='sum('\n",
            "p.toml:3: scaling.policies[0].ready_query: ");
        row("a policy twice",
            scaled + "[[scaling.policies]]\nname='shop'\nready_query='sum(up)'\n",
            "another [[scaling.policies]] has the name \"shop\" already");
        row("a metric of nobody",
            "[[scaling.metrics]]\npolicy='till'\nname='load'\nexpression='load'\ntarget=2\n",
            "p.toml:2: scaling.metrics[0].policy: there is no [[scaling.policies]] with the name "
            "\"till\"");
        row("a metric without a target",
            scaled + "[[scaling.metrics]]\npolicy='shop'\nname='b'\nexpression='load'\n",
            "p.toml:9: scaling.metrics[1]: expected a target greater than 0");
        row("a metric twice",
            scaled + "[[scaling.metrics]]\npolicy='shop'\nname='load'\nexpression='x'\ntarget=1\n",
            "policy \"shop\" has another metric \"load\" already");
        row("an expression that is none",
            "[[scaling.metrics]]\npolicy='shop'\nname='a'\nexpression='sum('\ntarget=1\n",
            "p.toml:4: scaling.metrics[0].expression: ");
        const auto acting = [](const char* name, const char* keys) {
            return scalingPolicy(name, "act", keys);
        };
        row("one Deployment of two policies",
            acting("a", "") + acting("b", ""),
            "p.toml:13: scaling.policies[1].deployment: policy \"a\" scales the same Deployment "
            "already");
        row("a Deployment that rollouts scale",
            inCluster + "compare=false\nblue_deployment='b'\ngreen_deployment='c'\n" +
                acting("a", "namespace='shop-space'\n"),
            "scaling.policies[0].deployment: rollouts of \"a\" start and stop this Deployment");
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

    void policiesThatDoNotFightAreTaken_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("one") << scalingPolicy("a", "act", "");
        QTest::newRow("an application")
            << scalingPolicy("a", "act", "application='shop'\n").replace("deployment='b'\n", "") +
                   "[[rollouts.applications]]\nname='shop'\nlisten='[::1]:80'\ntraffic_steps=[5]\n"
                   "blue_command=['/b']\ngreen_command=['/g']\nfirst_port=21000\n";
        const auto application = [](const char* keys) {
            return scalingPolicy("a", "act", "application='shop'\n")
                       .replace("deployment='b'\n", "") +
                   "[[rollouts.applications]]\nname='shop'\ncompare=false\n" + keys;
        };
        QTest::newRow("Deployments of an application") << application(
            "driver='kubernetes'\nservice='shop'\nblue_deployment='b'\ngreen_deployment='c'\n");
        QTest::newRow("a Rollout") << application("driver='argo-rollouts'\nrollout='shop'\n");
        QTest::newRow("two namespaces") << scalingPolicy("a", "act", "namespace='x'\n") +
                                               scalingPolicy("b", "act", "namespace='y'\n");
        QTest::newRow("the other only recommends")
            << scalingPolicy("a", "act", "") + scalingPolicy("b", "recommend", "");
        QTest::newRow("beside rollouts") << scalingPolicy("a", "recommend", "") +
                                                "[[rollouts.applications]]\nname='a'\n"
                                                "driver='kubernetes'\nservice='shop'\n"
                                                "compare=false\nblue_deployment='b'\n"
                                                "green_deployment='c'\n";
    }

    void policiesThatDoNotFightAreTaken()
    {
        QFETCH(QString, text);
        const auto config = parseConfig(text.toStdString(), "p.toml");
        QVERIFY2(config.ok(), config.status().ToString().c_str());
        QCOMPARE(config->scaling.policies.front().maximum, 10);
        QCOMPARE(config->scaling.policies.front().tolerance, 0.1);
        QCOMPARE(config->scaling.policies.front().upRates.size(), std::size_t(2));
        QCOMPARE(config->scaling.metrics.front().measures, std::string("average"));
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
