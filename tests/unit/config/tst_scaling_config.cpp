// SPDX-License-Identifier: Apache-2.0
// What is said about policies of scaling and their metrics that are wrong, and which are taken.
#include "server/config/Config.h"
#include "tests/unit/config/WrongConfig.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::config;
using namespace pilothouse::test;

namespace {

/// A policy on the Deployment "b".
QString scalingPolicy(const char* name, const char* mode, const char* keys)
{
    return QStringLiteral("[[scaling.policies]]\nname='%1'\nmode='%2'\ndeployment='b'\n%3"
                          "[[scaling.metrics]]\npolicy='%1'\nname='a'\nexpression='x'\n"
                          "target=1\n")
        .arg(QString::fromUtf8(name), QString::fromUtf8(mode), QString::fromUtf8(keys));
}

} // namespace

class TestScalingConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhereAndWhatIsWrong_data()
    {
        addWrongColumns();
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
            kOnHaproxy + "[[scaling.policies]]\nname='shop'\napplication='a'\n",
            "\"a\" has no blue_command and green_command");
        const auto scaledApplication = [](const QString& name, const QString& keys = {}) {
            return QStringLiteral("[[scaling.policies]]\nname='%1'\napplication='a'\nmode='act'\n%2"
                                  "[[scaling.metrics]]\npolicy='%1'\nname='load'\n"
                                  "expression='load'\ntarget=2\n")
                .arg(name, keys);
        };
        row("one application of two policies",
            kOfOwnHaproxy + scaledApplication("x") + scaledApplication("y"),
            "policy \"x\" scales the same application already");
        row("more processes than ports",
            kBehindOwn + "blue_command=['/b']\ngreen_command=['/g']\nfirst_port=65000\n" +
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
            kInCluster + "compare=false\nblue_deployment='b'\ngreen_deployment='c'\n" +
                acting("a", "namespace='shop-space'\n"),
            "scaling.policies[0].deployment: rollouts of \"a\" start and stop this Deployment");
    }

    void saysWhereAndWhatIsWrong() { checkWrongRow(); }

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
};

QTEST_GUILESS_MAIN(TestScalingConfig)
#include "tst_scaling_config.moc"
