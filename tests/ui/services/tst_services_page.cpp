// SPDX-License-Identifier: Apache-2.0
// The services page in a window, with a fake server.
#include "tests/support/Programs.h"
#include "tests/support/shell/PageSpecs.h"
#include "tests/support/shell/SamplePlan.h"
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/components/DataTable.h"
#include "ui/components/StatusChip.h"
#include "ui/components/Tabs.h"
#include "ui/services/ServiceCommands.h"
#include "ui/services/ServiceMap.h"
#include "ui/services/ServiceText.h"
#include "ui/services/ServicesPage.h"
#include "ui/shell/ConfirmSheet.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/SheetHost.h"
#include "ui/shell/ToastStack.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QTableView>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'795'271'400);

services::Instance instance(
    const std::string& service,
    const std::string& id,
    services::InstanceState state = services::InstanceState::Healthy)
{
    services::Instance instance;
    instance.spec.key = {service, id};
    instance.spec.address = "10.0.0.7:8080";
    instance.spec.version = "2.4.1";
    instance.spec.colour = id.starts_with("blue") ? "blue" : "green";
    instance.spec.weight = 100;
    instance.spec.metadata = {{"zone", "b"}};
    instance.spec.check = {
        services::CheckKind::Http, "/healthz", false, absl::Seconds(5), absl::Seconds(1), 2, 1};
    instance.state = state;
    instance.stateTime = kNow - absl::Minutes(12);
    instance.registeredBy = "dana";
    instance.registerTime = kNow - absl::Hours(5);
    instance.heartbeatTime = kNow - absl::Seconds(3);
    instance.load = {4, 0, 0.31, 180e6};
    instance.traffic = {2, absl::Milliseconds(12), 0.01, 30, 0.8};
    for (int check = 5; check > 0; --check) {
        instance.checks.push_back(
            {kNow - absl::Seconds(5 * check), true, absl::Milliseconds(3), ""});
    }
    if (state == services::InstanceState::Unhealthy) {
        instance.problem = "the server answered HTTP status 503";
        instance.checks.push_back({kNow, false, absl::Milliseconds(2), instance.problem});
    }
    return instance;
}

plans::Plan plan(plans::Friction friction)
{
    plans::Plan plan = samplePlan(friction, "Drain instance checkout/blue-1", "services.operate");
    plan.impact.summary = "checkout/blue-1 gets no new calls; those under way end by themselves.";
    plan.impact.reversibility = plans::Reversibility::Easy;
    plan.impact.undo = "Return it.";
    return plan;
}

class ServicesWorld : public ShellFixture
{
public:
    ServicesWorld()
    {
        addPage(pageSpec<ServicesPage>(
            QStringLiteral("services"),
            QStringLiteral("Services"),
            QStringLiteral("network"),
            NavGroup::Observe,
            QStringLiteral("Health of the parts")));
        show();
        session = makeSession();
        window->setSession(session);
    }
    ~ServicesWorld() { window.reset(); }

    FakeServicesClient& services() { return connection->servicesClient; }

    ServicesPage* open(const QString& object = {})
    {
        window->pages().open(QStringLiteral("services"), object);
        return page();
    }
    ServicesPage* page() const { return qobject_cast<ServicesPage*>(window->pages().page()); }
    DataTable& table(const QString& name) const
    {
        for (DataTable* each : page()->findChildren<DataTable*>()) {
            if (each->view().accessibleName() == name) {
                return *each;
            }
        }
        qFatal("there is no such table");
    }
    void push(std::vector<services::Instance> instances, bool isSnapshot = true)
    {
        client::InstancesUpdate update;
        update.snapshot = isSnapshot;
        update.instances = std::move(instances);
        update.serverTime = kNow;
        services().watches.push(update);
    }
    void pushHealth()
    {
        system::Health health;
        health.overall = system::HealthState::Degraded;
        health.components = {
            {"control-database", system::HealthState::Healthy, {}, {}, {}, {}},
            {"redis", system::HealthState::Absent, {}, {}, "not configured", {}},
            {"services", system::HealthState::Degraded, {}, {}, "1 of 3 instances unhealthy", {}}};
        health.time = kNow;
        connection->systemClient.healthStream.push(health);
    }
    std::shared_ptr<Session> session;
};

std::vector<services::Instance> three()
{
    return {
        instance("checkout", "blue-1"),
        instance("checkout", "green-1", services::InstanceState::Unhealthy),
        instance("search", "a")};
}

} // namespace

class ServicesPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<ServicesWorld>(); }
    void cleanup() { m_world.reset(); }

    void statesHaveWords_data()
    {
        QTest::addColumn<int>("state");
        QTest::addColumn<bool>("draining");
        QTest::addColumn<QString>("word");
        QTest::addColumn<int>("severity");
        const auto row =
            [](services::InstanceState state, bool draining, const char* word, Severity severity) {
                QTest::newRow(word) << static_cast<int>(state) << draining
                                    << QString::fromLatin1(word) << static_cast<int>(severity);
            };
        row(services::InstanceState::Healthy, false, "Healthy", Severity::Ok);
        row(services::InstanceState::Healthy, true, "Draining", Severity::Info);
        row(services::InstanceState::Unhealthy, true, "Unhealthy", Severity::Error);
        row(services::InstanceState::Unknown, false, "Unknown", Severity::Unknown);
    }
    void statesHaveWords()
    {
        QFETCH(int, state);
        QFETCH(bool, draining);
        QFETCH(QString, word);
        QFETCH(int, severity);
        services::Instance one =
            instance("checkout", "a", static_cast<services::InstanceState>(state));
        one.isDraining = draining;
        QCOMPARE(wordOf(one), word);
        QCOMPARE(static_cast<int>(severityOf(one)), severity);
    }

    /// Too many services for the map: the worst are seen.
    void theMapShowsTheWorstFirst()
    {
        std::vector<services::ServiceSummary> many;
        for (int index = 0; index < 12; ++index) {
            services::ServiceSummary summary;
            summary.name = "s" + std::to_string(index);
            summary.instances = 2;
            summary.healthy = index == 11 ? 0 : 2;
            summary.unhealthy = 2 - summary.healthy;
            many.push_back(summary);
        }
        const auto layers = mapLayers(true, {}, many);
        QCOMPARE(layers.size(), std::size_t{4});
        QCOMPARE(layers[2].items.size(), std::size_t{8});
        QCOMPARE(layers[2].more, 4);
        QCOMPARE(layers[2].items.front().text, QStringLiteral("s11 0/2"));
        QVERIFY(layers[2].items.front().severity == Severity::Critical);
        QVERIFY(mapLayers(false, {}, {})[0].items[0].severity == Severity::Error);
    }

    void instancesComeAndChangeAndGo()
    {
        m_world->signIn({"*"});
        m_world->open();
        m_world->push(three());
        DataTable& table = m_world->table(QStringLiteral("Instances"));
        QTRY_COMPARE(table.model().rowCount(), 3);
        QCOMPARE(m_world->page()->model().unhealthyCount(), 1);
        m_world->push({instance("checkout", "green-1")}, /*isSnapshot=*/false);
        QTRY_COMPARE(m_world->page()->model().unhealthyCount(), 0);
        QCOMPARE(table.model().rowCount(), 3);
        client::InstancesUpdate gone;
        gone.removed = {{"search", "a"}};
        m_world->services().watches.push(gone);
        QTRY_COMPARE(table.model().rowCount(), 2);
        QCOMPARE(m_world->page()->model().summaries().size(), std::size_t{1});
    }

    void balancingShowsShares()
    {
        m_world->signIn({"*"});
        m_world->open();
        auto instances = three();
        instances[0].traffic.resolvedPerSecond = 30;
        instances[1].traffic.resolvedPerSecond = 10;
        m_world->push(instances);
        QTRY_COMPARE(m_world->page()->model().instances().size(), std::size_t{3});
        QCOMPARE(
            m_world->page()->model().shareOf(
                *m_world->page()->model().find(QStringLiteral("checkout/blue-1"))),
            0.75);
        m_world->page()->findChild<Tabs*>()->setCurrentIndex(1);
        QCOMPARE(m_world->table(QStringLiteral("Balancing")).model().rowCount(), 3);
    }

    void nothingRegisteredSaysWhatToDo()
    {
        m_world->signIn({"*"});
        m_world->open();
        m_world->push({});
        QTRY_VERIFY(m_world->page()->model().state().kind == DataState::Kind::Empty);
        QVERIFY(m_world->page()->model().state().hint.contains(QStringLiteral("register")));
    }

    void aRefusedStreamIsSaidAndTriedAgain()
    {
        m_world->signIn({"*"});
        m_world->open();
        m_world->services().watches.end(absl::PermissionDeniedError("not yours"));
        QTRY_VERIFY(m_world->page()->model().state().kind == DataState::Kind::Error);
        m_world->page()->refresh();
        m_world->push(three());
        QTRY_VERIFY(m_world->page()->model().state().kind == DataState::Kind::Live);
    }

    void streamsRunOnlyWhileShown()
    {
        m_world->signIn({"*"});
        m_world->open();
        QCOMPARE(m_world->services().watches.open().size(), std::size_t{1});
        m_world->page()->setShown(false);
        QCOMPARE(m_world->services().watches.open().size(), std::size_t{0});
    }

    void drainingGoesThroughItsPlan()
    {
        m_world->signIn({"*"});
        m_world->open(QStringLiteral("checkout/blue-1"));
        m_world->push(three());
        QTRY_COMPARE(m_world->page()->object(), QStringLiteral("checkout/blue-1"));
        QTRY_COMPARE(m_world->reason(servicecommand::kDrain), QString());
        QVERIFY(!m_world->reason(servicecommand::kReturn).isEmpty());
        m_world->window->commands().run(servicecommand::kDrain);
        QTRY_COMPARE(m_world->services().drainings.requests().size(), std::size_t{1});
        QVERIFY(m_world->services().drainings.requests()[0].request.validateOnly);
        QVERIFY(m_world->services().drainings.requests()[0].isDraining);
        m_world->services().drainings.answer(plan(plans::Friction::F2));
        QTRY_VERIFY(m_world->window->sheets().sheet() != nullptr);
        QVERIFY(!m_world->reason(servicecommand::kRemove).isEmpty());
        m_world->confirm();
        QTRY_COMPARE(m_world->services().drainings.requests().size(), std::size_t{2});
        const auto& executed = m_world->services().drainings.requests()[1].request;
        QVERIFY(!executed.validateOnly);
        QCOMPARE(executed.confirmation.planDigest, std::string("5f1c0d9a77ab20f3"));
        m_world->services().drainings.answer(plan(plans::Friction::F2));
        QTRY_VERIFY(m_world->page()->actions().phase() == PlannedActions::Phase::Idle);
    }

    void removingAsksForTheRightOne()
    {
        m_world->signIn({"*"});
        m_world->open(QStringLiteral("search/a"));
        m_world->push(three());
        QTRY_COMPARE(m_world->reason(servicecommand::kRemove), QString());
        m_world->window->commands().run(servicecommand::kRemove);
        QTRY_COMPARE(m_world->services().removals.requests().size(), std::size_t{1});
        QCOMPARE(m_world->services().removals.requests()[0].key.text(), std::string("search/a"));
    }

    void verbsNeedAPermissionAndASelection()
    {
        m_world->signIn({"services.view"});
        m_world->open();
        m_world->push(three());
        QTRY_COMPARE(m_world->page()->model().instances().size(), std::size_t{3});
        for (const QString& id :
             {servicecommand::kDrain, servicecommand::kReturn, servicecommand::kRemove}) {
            QVERIFY(!m_world->reason(id).isEmpty());
        }
        QCOMPARE(
            m_world->reason(servicecommand::kCopyAddress),
            QStringLiteral("No instance is selected"));
        m_world->page()->openObject(QStringLiteral("search/a"));
        QTRY_COMPARE(m_world->reason(servicecommand::kCopyAddress), QString());
        m_world->window->commands().run(servicecommand::kCopyAddress);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("10.0.0.7:8080"));
    }

    /// A busy GUI gets everything, joined.
    void manyUpdatesAreFolded()
    {
        m_world->signIn({"*"});
        m_world->open();
        m_world->push(three());
        const StallGuard guard;
        for (int round = 0; round < 500; ++round) {
            auto changed = instance("checkout", "i" + std::to_string(round % 100));
            changed.traffic.inFlight = round;
            m_world->push({changed}, /*isSnapshot=*/false);
        }
        QTRY_COMPARE(m_world->page()->model().instances().size(), std::size_t{103});
        QCOMPARE(
            m_world->page()->model().find(QStringLiteral("checkout/i99"))->traffic.inFlight, 499.0);
        QVERIFY2(guard.passed(), qPrintable(guard.report()));
    }

    void looks_data()
    {
        QTest::addColumn<int>("mode");
        QTest::newRow("services-dark") << static_cast<int>(ThemeMode::Dark);
        QTest::newRow("services-light") << static_cast<int>(ThemeMode::Light);
    }
    void looks()
    {
        QFETCH(int, mode);
        m_world->theme.setMode(static_cast<ThemeMode>(mode));
        m_world->window->resize(1600, 900);
        m_world->signIn({"*"});
        m_world->open(QStringLiteral("checkout/green-1"));
        auto instances = three();
        instances[2].isDraining = true;
        m_world->push(instances);
        m_world->pushHealth();
        QTRY_COMPARE(m_world->page()->model().instances().size(), std::size_t{3});
        QTRY_COMPARE(m_world->page()->model().health().components.size(), std::size_t{3});
        auto* map = m_world->page()->findChild<ServiceMap*>();
        QTRY_COMPARE(map->findChildren<StatusChip*>().size(), 6);
        QTRY_VERIFY(!map->findChildren<StatusChip*>().last()->visibleRegion().isEmpty());
        const QString name = QString::fromLatin1(QTest::currentDataTag());
        for (int tab = 0; tab < 2; ++tab) {
            m_world->page()->findChild<Tabs*>()->setCurrentIndex(tab);
            const QImage image = picture(
                *m_world->window,
                name + (tab == 0 ? QStringLiteral("-instances") : QStringLiteral("-balancing")));
            QVERIFY(inkOf(image) > 0.03);
        }
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
    }

private:
    std::unique_ptr<ServicesWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(ServicesPageTest)
#include "tst_services_page.moc"
