// SPDX-License-Identifier: Apache-2.0
// An HAProxy that the server runs itself, through the front door: a real server, its HAProxy, real
// processes behind it, and clients that count what goes wrong.
#include "tests/integration/rollouts/RolloutsTest.h"
#include "tests/support/rollouts/LoadClients.h"
#include "tests/support/rollouts/OwnHaproxy.h"

#include <QDir>
#include <QFile>
#include <QSet>
#include <QTcpServer>
#include <QTest>

#include <csignal>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 60000;
/// Columns of HAProxy's statistics.
constexpr int kStatus = 17;
constexpr int kCheckStatus = 36;

bool isRunning(pid_t pid)
{
    return pid > 0 && ::kill(pid, 0) == 0;
}

/// Whether any answer came from the side.
bool answeredBy(const LoadClients::Counts& counts, const std::string& side)
{
    return std::any_of(counts.bySide.begin(), counts.bySide.end(), [&](const auto& one) {
        return one.first.starts_with(side);
    });
}

} // namespace

class TestRolloutsOwnHaproxy : public RolloutsTest
{
    Q_OBJECT

public:
    TestRolloutsOwnHaproxy() : RolloutsTest(kPatience) {}

protected:
    void makeWorld() override
    {
        m_shop = std::make_unique<OwnHaproxy>(
            QCoreApplication::applicationDirPath() + QStringLiteral("/side_server"));
    }
    void dropWorld() override { OwnHaproxy::killAll(dataDir()); }

private:
    std::unique_ptr<OwnHaproxy> m_shop;

    QString dataDir() const { return m_folder + QStringLiteral("/server/data"); }

    TestServer::Options options(const QString& config, const QString& faults = {})
    {
        TestServer::Options options;
        options.faults = faults;
        options.folder = m_folder + QStringLiteral("/server");
        QDir().mkpath(options.folder);
        options.config = config;
        return options;
    }
    void serve(const QString& keys = {})
    {
        launch(options(m_shop->config(QStringLiteral("compare = false\n") + keys)));
    }
    /// It kills itself there, before or after it has come up.
    void serveUntil(const QString& faults, const QString& keys)
    {
        m_server = std::make_unique<TestServer>(
            options(m_shop->config(QStringLiteral("compare = false\n") + keys), faults));
        static_cast<void>(m_server->start());
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
    }

    QString live() { return answerOn(m_shop->livePort()); }
    QString preview() { return answerOn(m_shop->previewPort()); }
    bool answers(const QString& side)
    {
        return waitUntil([&] { return live().startsWith(side); }, kPatience);
    }
    bool hasUp(v1::RolloutColour colour, int servers)
    {
        return waitUntil(
            [&] {
                const auto observation = m_probe->shop().observation();
                const auto& side =
                    colour == v1::ROLLOUT_COLOUR_BLUE ? observation.blue() : observation.green();
                return side.servers_up() == servers && side.servers_total() == servers;
            },
            kPatience);
    }
    /// What HAProxy says of a server in the column of `show stat`.
    QString cell(const char* backend, const QString& server, int column)
    {
        const QString rows = haproxyAnswer(
            OwnHaproxy::socket(dataDir()), QByteArray("show stat ") + backend + " 4 -1");
        for (const QString& row : rows.split(QLatin1Char('\n'))) {
            const QStringList cells = row.split(QLatin1Char(','));
            if (cells.value(1) == server) {
                return cells.value(column);
            }
        }
        return {};
    }
    /// Whether the server stands in, and is up.
    bool hasStandby(const QString& server)
    {
        return cell("green", server, kStatus).startsWith("UP");
    }
    QString problem() { return QString::fromStdString(m_probe->shop().problem()); }

    void startGreen()
    {
        QVERIFY(m_probe->start("2").status.ok());
        QVERIFY2(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION), qPrintable(problem()));
        QVERIFY(waitUntil([&] { return hasCapacity(); }, kPatience));
    }
    /// One server of green is enough to be a candidate, not to have the traffic of two; and a gate
    /// that passes while blue has one of two does not pass a moment later.
    bool hasCapacity()
    {
        const auto shop = m_probe->shop();
        const auto isWhole = [](const v1::RolloutSide& side) {
            return side.servers_up() == side.servers_total();
        };
        return isWhole(shop.observation().blue()) && isWhole(shop.observation().green()) &&
               std::any_of(shop.gates().begin(), shop.gates().end(), [](const auto& gate) {
                   return gate.name() == "capacity" &&
                          gate.result() == v1::RolloutGate::RESULT_PASSED;
               });
    }
    void promoteGreen()
    {
        startGreen();
        const auto promoted = m_probe->promote();
        QVERIFY2(promoted.status.ok(), said(promoted.status).c_str());
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!HaproxyWorld::isInstalled()) {
            QSKIP("haproxy is not installed");
        }
    }

    void switchesWithoutLosingARequest()
    {
        serve("keep_warm = \"2s\"\ndrain_most = \"1s\"\n");
        QVERIFY2(answers("blue"), qPrintable(problem()));
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_BLUE, 2));
        LoadClients load(m_shop->livePort(), 4, std::chrono::milliseconds(1));
        startGreen();
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_GREEN, 2));
        QVERIFY(preview().startsWith("green"));
        QVERIFY(m_probe->promote().status.ok());
        QVERIFY(live().startsWith("green"));
        QVERIFY(m_probe->rollBack().status.ok());
        QVERIFY(live().startsWith("blue"));
        startGreen();
        QVERIFY(m_probe->promote().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_DONE));
        QVERIFY(waitUntil([&] { return OwnHaproxy::processes(dataDir()).size() == 2; }, kPatience));
        QVERIFY(live().startsWith("green"));
        QCOMPARE(load.counts().failed, 0);
        QVERIFY(answeredBy(load.counts(), "blue") && answeredBy(load.counts(), "green"));
        // In production one looks at the list.
        const auto list = ctl({"rollouts", "list"});
        QVERIFY2(list.out.contains("shop"), qPrintable(list.out + list.err));
    }

    void aCandidateThatIsOnItsWayOutIsNotReady()
    {
        const auto config =
            m_shop->config("compare = false\n")
                .replace("\"green\", \"{port}\"", "\"green\", \"{port}\", \"2000\"");
        launch(options(config));
        QVERIFY2(answers("blue"), qPrintable(problem()));
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_BLUE, 2));
        promoteGreen();
        QVERIFY(m_probe->rollBack().status.ok());
        const auto before = OwnHaproxy::processes(dataDir());
        // Asked to end, they answer for a while, and HAProxy takes them for up.
        QVERIFY(waitUntil(
            [&] { return m_probe->shop().observation().green().servers_up() == 0; }, kPatience));
        LoadClients load(m_shop->livePort(), 4, std::chrono::milliseconds(1));
        promoteGreen();
        QVERIFY(waitUntil([&] { return answeredBy(load.counts(), "green"); }, kPatience));
        const auto seen = load.counts().requests;
        QVERIFY(waitUntil([&] { return load.counts().requests > seen + 3000; }, kPatience));
        QVERIFY(OwnHaproxy::processes(dataDir()) != before);
        QCOMPARE(load.counts().failed, 0);
    }

    void splitsTheTraffic()
    {
        serve("traffic_steps = [50]\n");
        QVERIFY2(answers("blue"), qPrintable(problem()));
        startGreen();
        v1::StepTrafficRequest step;
        step.set_application("shop");
        const auto stepped = m_probe->execute(&RolloutProbe::Stub::StepTraffic, step);
        QVERIFY2(stepped.status.ok(), said(stepped.status).c_str());
        LoadClients load(m_shop->livePort(), 2, std::chrono::milliseconds(1));
        QVERIFY(waitUntil(
            [&] { return answeredBy(load.counts(), "blue") && answeredBy(load.counts(), "green"); },
            kPatience));
    }

    void outlivesTheServer()
    {
        serve();
        QVERIFY2(answers("blue"), qPrintable(problem()));
        promoteGreen();
        const pid_t master = OwnHaproxy::master(dataDir());
        QVERIFY(isRunning(master));
        LoadClients load(m_shop->livePort(), 4, std::chrono::milliseconds(1));
        m_server->kill();
        const auto before = load.counts().requests;
        QVERIFY(waitUntil([&] { return load.counts().requests > before + 100; }, kPatience));
        serve();
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_GREEN, 2));
        QCOMPARE(OwnHaproxy::master(dataDir()), master);
        QVERIFY(live().startsWith("green"));
        QCOMPARE(load.counts().failed, 0);
        QVERIFY2(problem().isEmpty(), qPrintable(problem()));
    }

    void killedItComesBackWithTheSameSide()
    {
        serve();
        QVERIFY2(answers("blue"), qPrintable(problem()));
        promoteGreen();
        QVERIFY(answers("green"));
        const pid_t master = OwnHaproxy::master(dataDir());
        ::kill(master, SIGKILL);
        QVERIFY(waitUntil([&] { return OwnHaproxy::master(dataDir()) != master; }, kPatience));
        QVERIFY2(answers("green"), qPrintable(problem()));
        QVERIFY(
            waitUntil([&] { return problem().contains("HAProxy ended by signal 9"); }, kPatience));
        QVERIFY(m_probe->rollBack().status.ok());
        QVERIFY(answers("blue"));
    }

    void theOldSideStandsInForThePromotedOne()
    {
        serve();
        QVERIFY2(answers("blue"), qPrintable(problem()));
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_BLUE, 2));
        const auto blues = OwnHaproxy::processes(dataDir());
        promoteGreen();
        QVERIFY(OwnHaproxy::map(dataDir()).contains("pilothouse.standby blue"));
        LoadClients load(m_shop->livePort(), 4, std::chrono::milliseconds(1));
        QVERIFY(waitUntil([&] { return answeredBy(load.counts(), "green"); }, kPatience));
        QVERIFY(waitUntil([&] { return hasStandby("blue1"); }, kPatience));
        // With nobody there who could start them again, or switch.
        m_server->kill();
        for (const pid_t pid : OwnHaproxy::processes(dataDir())) {
            if (!blues.contains(pid)) {
                ::kill(pid, SIGKILL);
            }
        }
        QVERIFY(waitUntil([&] { return answeredBy(load.counts(), "blue"); }, kPatience));
        QVERIFY2(load.counts().failed <= 1, qPrintable(QString::number(load.counts().failed)));
    }

    void aCandidateDoesNotStandIn()
    {
        serve();
        QVERIFY2(answers("blue"), qPrintable(problem()));
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_BLUE, 2));
        const auto blues = OwnHaproxy::processes(dataDir());
        startGreen();
        QVERIFY(preview().startsWith("green"));
        LoadClients load(m_shop->livePort(), 2, std::chrono::milliseconds(1));
        QVERIFY(waitUntil([&] { return answeredBy(load.counts(), "blue"); }, kPatience));
        m_server->kill();
        for (const pid_t pid : blues) {
            ::kill(pid, SIGKILL);
        }
        const auto failed = [&] { return load.counts().failed; };
        QVERIFY(waitUntil([&] { return failed() > 20; }, kPatience));
        QVERIFY(!answeredBy(load.counts(), "green"));
        // The next server starts them again.
        serve();
        QVERIFY(answers("blue"));
    }

    void whoWasPromotedOnceIsACandidateLikeAnyOther()
    {
        serve("keep_warm = \"1s\"\ndrain_most = \"1s\"\n");
        QVERIFY2(answers("blue"), qPrintable(problem()));
        promoteGreen();
        QVERIFY(reaches(v1::ROLLOUT_STEP_DONE));
        QVERIFY(OwnHaproxy::map(dataDir()).contains("pilothouse.standby none"));
        QVERIFY(m_probe->start("3").status.ok());
        QVERIFY2(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION), qPrintable(problem()));
        QVERIFY(waitUntil([&] { return hasCapacity(); }, kPatience));
        QVERIFY(OwnHaproxy::map(dataDir()).contains("pilothouse.standby none"));
        QVERIFY(m_probe->promote().status.ok());
        QVERIFY(answers("blue"));
        QVERIFY(OwnHaproxy::map(dataDir()).contains("pilothouse.standby green"));
    }

    void anotherConfigurationIsLoadedWithoutLosingARequest()
    {
        serve();
        QVERIFY2(answers("blue"), qPrintable(problem()));
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_BLUE, 2));
        promoteGreen();
        const pid_t master = OwnHaproxy::master(dataDir());
        LoadClients load(m_shop->livePort(), 4, std::chrono::milliseconds(1));
        m_shop->movePreview();
        serve("health_path = \"/healthz\"\n");
        QVERIFY(waitUntil([&] { return preview().startsWith("blue"); }, kPatience));
        QVERIFY(live().startsWith("green"));
        QCOMPARE(OwnHaproxy::master(dataDir()), master);
        QCOMPARE(load.counts().failed, 0);
        // More of them are a matter of the Runtime API.
        serve("health_path = \"/healthz\"\ninstances = 3\n");
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_GREEN, 3));
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_BLUE, 3));
        serve("health_path = \"/healthz\"\ninstances = 1\n");
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_GREEN, 1));
        QVERIFY(waitUntil([&] { return OwnHaproxy::processes(dataDir()).size() == 2; }, kPatience));
        QCOMPARE(load.counts().failed, 0);
    }

    void killedWhileItLoadsAnotherConfiguration_data()
    {
        QTest::addColumn<bool>("isServer");
        QTest::newRow("the server") << true;
        QTest::newRow("HAProxy") << false;
    }
    void killedWhileItLoadsAnotherConfiguration()
    {
        QFETCH(const bool, isServer);
        serve();
        QVERIFY2(answers("blue"), qPrintable(problem()));
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_BLUE, 2));
        promoteGreen();
        const pid_t master = OwnHaproxy::master(dataDir());
        m_shop->movePreview();
        {
            LoadClients load(m_shop->livePort(), 4, std::chrono::milliseconds(1));
            serveUntil("haproxy.after_reload=1", {});
            const auto before = load.counts().requests;
            QVERIFY(waitUntil([&] { return load.counts().requests > before + 100; }, kPatience));
            QCOMPARE(load.counts().failed, 0);
        }
        if (!isServer) {
            ::kill(master, SIGKILL);
        }
        serve();
        QVERIFY2(answers("green"), qPrintable(problem()));
        QVERIFY(waitUntil([&] { return preview().startsWith("blue"); }, kPatience));
        QCOMPARE(OwnHaproxy::master(dataDir()) == master, isServer);
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_GREEN, 2));
        const auto back = m_probe->rollBack();
        QVERIFY2(back.status.ok(), said(back.status).c_str());
        QVERIFY(answers("blue"));
    }

    void killedWhileItAddsAServerThatIsCheckedAfterwards()
    {
        serve();
        QVERIFY2(answers("blue"), qPrintable(problem()));
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_BLUE, 2));
        LoadClients load(m_shop->livePort(), 4, std::chrono::milliseconds(1));
        serveUntil("haproxy.after_add_server=1", "instances = 3\n");
        serve("instances = 3\n");
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_BLUE, 3));
        QVERIFY(
            waitUntil([&] { return cell("blue", "blue3", kStatus).startsWith("UP"); }, kPatience));
        QVERIFY2(
            cell("blue", "blue3", kCheckStatus).startsWith("L"),
            qPrintable(cell("blue", "blue3", kCheckStatus)));
        QCOMPARE(load.counts().failed, 0);
    }

    void whatItCannotDoIsTold()
    {
        QTcpServer somebody;
        QVERIFY(somebody.listen(QHostAddress::LocalHost));
        TestServer::Options options = this->options(
            m_shop->config("compare = false\n")
                .replace(
                    QString::number(m_shop->livePort()), QString::number(somebody.serverPort())));
        m_server = std::make_unique<TestServer>(options);
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_probe = std::make_unique<RolloutProbe>(socketChannel(*m_server));
        QVERIFY(waitUntil([&] { return problem().contains("is started again"); }, kPatience));
        QFile log(dataDir() + QStringLiteral("/rollouts/haproxy/shop/haproxy.log"));
        QVERIFY(log.open(QIODevice::ReadOnly));
        const QByteArray text = log.readAll();
        QVERIFY2(text.contains("cannot bind socket"), text.constData());
        const int port = somebody.serverPort();
        somebody.close();
        QVERIFY(waitUntil([&] { return answerOn(port).startsWith("blue"); }, kPatience));
    }

    void serversOfOthersAreCarriedToo()
    {
        const SideServer blue("blue");
        const SideServer green("green");
        SideServer second("blue");
        m_shop = std::make_unique<OwnHaproxy>(QString());
        const auto servers = [&](const QString& blues) {
            return QStringLiteral("blue_servers = [%1]\ngreen_servers = [\"127.0.0.1:%2\"]\n")
                .arg(blues)
                .arg(green.port());
        };
        serve(servers(QStringLiteral("\"127.0.0.1:%1\", \"127.0.0.1:%2\"")
                          .arg(blue.port())
                          .arg(second.port())));
        QVERIFY2(answers("blue"), qPrintable(problem()));
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_BLUE, 2));
        LoadClients load(m_shop->livePort(), 4, std::chrono::milliseconds(1));
        serve(servers(QStringLiteral("\"127.0.0.1:%1\"").arg(blue.port())));
        QVERIFY(hasUp(v1::ROLLOUT_COLOUR_BLUE, 1));
        promoteGreen();
        QVERIFY(live().startsWith("green"));
        QCOMPARE(load.counts().failed, 0);
    }
};

QTEST_GUILESS_MAIN(TestRolloutsOwnHaproxy)
#include "tst_rollouts_own_haproxy.moc"
