// SPDX-License-Identifier: Apache-2.0
// The tab Autoscaling on a real server that scales in a cluster: a policy is seen to act, held up
// and simulated.
#include "tests/support/Programs.h"
#include "tests/support/kubernetes/FakeCluster.h"
#include "tests/support/shell/LiveShell.h"
#include "tests/support/shell/PageSpecs.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/components/DataTable.h"
#include "ui/scaling/ScalingChart.h"
#include "ui/scaling/ScalingCommands.h"
#include "ui/scaling/ScalingPanel.h"
#include "ui/scaling/SimulateSheet.h"
#include "ui/services/ServicesPage.h"

#include <QDir>
#include <QFile>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = LiveShell::kPatienceMs;

PageSpec spec()
{
    return pageSpec<ServicesPage>(
        QStringLiteral("services"),
        QStringLiteral("Services"),
        QStringLiteral("network"),
        NavGroup::Observe);
}

} // namespace

class ScalingLiveTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = makeWorkFolder();
        QFile file(m_folder + QStringLiteral("/kubeconfig"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(m_cluster.kubeconfig().toUtf8());
        file.close();
        TestServer::Options options;
        options.config =
            QStringLiteral("[scaling]\ninterval = \"200ms\"\n"
                           "[[scaling.policies]]\nname = \"shop\"\ntitle = \"Shop\"\n"
                           "mode = \"act\"\nkubeconfig = \"%1/kubeconfig\"\n"
                           "deployment = \"shop-blue\"\n"
                           "[[scaling.metrics]]\npolicy = \"shop\"\nname = \"queue\"\n"
                           "expression = \"vector(50)\"\ntarget = 10\nunit = \"jobs\"\n"
                           "measures = \"total\"\n")
                .arg(m_folder);
        m_server = std::make_unique<TestServer>(options);
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_shell = std::make_unique<LiveShell>(spec());
        QVERIFY(m_shell->connectTo(*m_server));
        m_shell->openPage(QStringLiteral("autoscaling:shop"));
        QTRY_COMPARE_WITH_TIMEOUT(panel().table().model().rowCount(), 1, kPatience);
    }

    void cleanupTestCase()
    {
        m_shell.reset();
        QVERIFY(m_server->stop(30000));
        QDir(m_folder).removeRecursively();
    }

    void whatWasDoneStandsInTheHistory()
    {
        QTRY_COMPARE_WITH_TIMEOUT(replicas(), 5, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(
            !panel().model().history().empty() &&
                panel().model().history().back().act == scaling::Act::Done,
            kPatience);
        QCOMPARE(
            panel().model().history().back().decision.text, std::string("50 / 10 jobs = 5.00 → 5"));
        QTRY_COMPARE_WITH_TIMEOUT(panel().chart().linesShown(), 2, kPatience);
        QVERIFY(inkOf(picture(*m_shell->window, QStringLiteral("scaling-live"))) > 0.03);
    }

    void aPolicyIsHeldUpAndLetGo()
    {
        QVERIFY(m_shell->run(scalingcommand::kPause));
        QVERIFY(m_shell->confirmUntil([this] { return isPaused(); }));
        m_cluster.with([](FakeObjects& objects) { objects.scale("shop-blue", 3); });
        QTRY_VERIFY_WITH_TIMEOUT(
            panel().model().policies().front().last->count.wanted == 3, kPatience);
        QCOMPARE(replicas(), 3);
        QVERIFY(m_shell->run(scalingcommand::kResume));
        QVERIFY(m_shell->confirmUntil([this] { return !isPaused(); }));
        QTRY_COMPARE_WITH_TIMEOUT(replicas(), 5, kPatience);
    }

    void itIsSimulated()
    {
        QVERIFY(m_shell->run(scalingcommand::kSimulate));
        QTRY_VERIFY(m_shell->sheet() != nullptr);
        auto* sheet = qobject_cast<SimulateSheet*>(m_shell->sheet());
        QVERIFY(sheet != nullptr);
        m_shell->field(QStringLiteral("Target of queue"))->setText(QStringLiteral("25"));
        sheet->confirm();
        QTRY_VERIFY_WITH_TIMEOUT(
            sheet->result().startsWith(QStringLiteral("It would have scaled")), kPatience);
        sheet->cancel();
    }

private:
    ScalingPanel& panel() const { return m_shell->pageAs<ServicesPage>()->scaling(); }
    bool isPaused() const { return panel().model().policies().front().pause.has_value(); }
    int replicas()
    {
        return m_cluster.with(
            [](FakeObjects& objects) { return objects.deployment("shop-blue").replicas; });
    }

    QString m_folder;
    FakeCluster m_cluster;
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<LiveShell> m_shell;
};

PILOTHOUSE_UI_TEST_MAIN(ScalingLiveTest)
#include "tst_scaling_live.moc"
