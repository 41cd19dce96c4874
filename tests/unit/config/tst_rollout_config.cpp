// SPDX-License-Identifier: Apache-2.0
// What is said about applications of rollouts, their analyses and their windows that are wrong.
#include "tests/unit/config/WrongConfig.h"

#include <QTest>

using namespace pilothouse::test;

class TestRolloutConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhereAndWhatIsWrong_data()
    {
        addWrongColumns();
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
        row("another driver",
            "[[rollouts.applications]]\nname='a'\ndriver='nginx'\n",
            "p.toml:3: rollouts.applications[0].driver: expected one of");
        row("no Service",
            "[[rollouts.applications]]\nname='a'\ndriver='kubernetes'\ncompare=false\n",
            "expected a service of lower-case letters");
        row("no queries",
            kInCluster,
            "compare needs responses_query and server_errors_query with Kubernetes");
        row("a query without a side",
            kInCluster + "compare=false\nresponses_query='sum(x)'\n",
            "p.toml:6: rollouts.applications[0].responses_query: expected a responses_query with "
            "$side");
        row("a query that is none",
            kInCluster + "compare=false\nresponses_query='sum(x{a=\"$side\"'\n",
            "parse error");
        row("keys of another driver",
            kInCluster + "compare=false\nmap_file='/m'\n",
            "map_file does nothing with driver = \"kubernetes\"");
        row("a Service with HAProxy",
            "[[rollouts.applications]]\nname='a'\nhaproxy_socket='/s'\nmap_file='/m'\n"
            "service='shop'\n",
            "service does nothing with driver = \"haproxy\"");
        row("no place to listen",
            "[[rollouts.applications]]\nname='a'\nlisten='8080'\n",
            "p.toml:3: rollouts.applications[0].listen: expected a listen as \"host:port\"");
        row("two HAProxies",
            kOfOwnHaproxy + "map_file='/m'\n",
            "map_file is for an HAProxy of yours: it does nothing with listen");
        row("an HAProxy without servers",
            kBehindOwn,
            "listen needs blue_command and green_command, or blue_servers and green_servers");
        row("servers and commands",
            kOfOwnHaproxy + "blue_servers=['10.0.0.1:80']\n",
            "p.toml:7: rollouts.applications[0].blue_servers: listen needs");
        row("a server by name",
            kBehindOwn + "blue_servers=['till:80']\ngreen_servers=['10.0.0.1:80']\n",
            "expected blue_servers with addresses, not names: \"till:80\"");
        row("a server twice",
            kBehindOwn +
                "blue_servers=['10.0.0.1:80','10.0.0.1:80']\ngreen_servers=['10.0.0.2:80']\n",
            "\"10.0.0.1:80\" is there twice");
        row("processes without ports",
            kBehindOwn + "blue_command=['/b']\ngreen_command=['/g']\n",
            "expected a first_port for the processes");
        row("processes with the same ports",
            kOfOwnHaproxy + "[[rollouts.applications]]\nname='b'\nlisten='127.0.0.1:8081'\n"
                            "blue_command=['/b']\ngreen_command=['/g']\nfirst_port=21003\n",
            "processes of \"a\" may get the ports 21000 to 21003, those of this one 21003 to "
            "21006");
        row("two applications on one port",
            kOfOwnHaproxy + "[[rollouts.applications]]\nname='b'\nlisten='127.0.0.1:8080'\n"
                            "blue_command=['/b']\ngreen_command=['/g']\nfirst_port=22000\n",
            "another application has the same listen");
        row("a health path that is more",
            kOfOwnHaproxy + "health_path='/x\\n    server evil'\n",
            "expected a health_path that begins with /");
        row("instances of somebody else",
            kOnHaproxy + "instances=3\n",
            "instances does nothing with an HAProxy of yours");
        row("a preview of somebody else",
            kInCluster + "compare=false\npreview_listen='127.0.0.1:80'\n",
            "preview_listen does nothing with Kubernetes");
        row("slow responses of nothing",
            kOnHaproxy + "slow_responses_query='x{a=\"$side\"}'\n",
            "p.toml:5: rollouts.applications[0].slow_responses_query: with HAProxy "
            "responses_query and slow_responses_query go together");
        row("slow responses without a comparison",
            kInCluster + "compare=false\nslow_responses_query='x{a=\"$side\"}'\n",
            "slow_responses_query does nothing with compare = false");
        row("one command",
            kOnHaproxy + "blue_command=['/bin/a']\n",
            "p.toml:5: rollouts.applications[0].blue_command: blue_command and green_command must "
            "be two, or none");
        row("a command without its path",
            kOnHaproxy + "blue_command=['/bin/a']\ngreen_command=['a', '{port}']\n",
            "p.toml:6: rollouts.applications[0].green_command: expected a green_command that "
            "begins with the whole path of a program");
        row("an account of nothing",
            kOnHaproxy + "run_as='nobody'\n",
            "run_as does nothing without blue_command");
        row("commands in a cluster",
            kInCluster + "compare=false\nblue_command=['/bin/a']\n",
            "blue_command does nothing with driver = \"kubernetes\"");
        row("one Deployment",
            kInCluster + "compare=false\nblue_deployment='b'\n",
            "must be two, or none");
        row("a split Service",
            kInCluster + "compare=false\nhold_back=5\n",
            "a Kubernetes Service is not split");
        row("automatic in a cluster",
            kInCluster + "compare=false\nautomatic_rollback=true\n",
            "automatic_rollback is for HAProxy");
        row("a path as a Service",
            "[[rollouts.applications]]\nname='a'\ndriver='kubernetes'\nservice='../x'\n"
            "compare=false\n",
            "expected a service of lower-case letters");
        row("the same Service twice",
            kInCluster + "compare=false\n" +
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
            kOnHaproxy + "rollout='shop'\n",
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
    }

    void saysWhereAndWhatIsWrong() { checkWrongRow(); }
};

QTEST_GUILESS_MAIN(TestRolloutConfig)
#include "tst_rollout_config.moc"
