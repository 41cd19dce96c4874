// SPDX-License-Identifier: Apache-2.0
// From a page to what the audit says of it, and back: the pages of the console in a window, on a
// fake connection.
#include "app/console/Pages.h"
#include "tests/support/Programs.h"
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/audit/AuditPage.h"
#include "ui/components/DataTable.h"
#include "ui/jobs/JobsPage.h"
#include "ui/shell/CommandIds.h"
#include "ui/shell/PageHost.h"

#include <QPushButton>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

class ConsoleWorld : public ShellFixture
{
public:
    ConsoleWorld()
    {
        console::addPages(pages, {profiles, secrets, folder.path()});
        makeWindow();
        show();
        session = makeSession();
        window->setSession(session);
        signIn();
    }
    ~ConsoleWorld() { window.reset(); }

    QString pageId() const { return window->pages().spec()->id; }
    QPushButton* button(const QString& name) const
    {
        for (auto* one : window->findChildren<QPushButton*>()) {
            if (one->accessibleName() == name || one->text() == name) {
                return one;
            }
        }
        return nullptr;
    }
    std::string askedOf() const
    {
        return connection->auditClient.lists.requests().back().filter.target;
    }

    std::shared_ptr<Session> session;
};

client::AuditPage entriesOf(const std::vector<std::string>& targets)
{
    client::AuditPage page;
    auto sequence = static_cast<std::int64_t>(targets.size());
    for (const std::string& target : targets) {
        audit::ChainedEntry entry;
        entry.sequence = sequence--;
        entry.recordTime = StoppedClock().time;
        entry.hash = std::string(32, '\x5a');
        entry.entry.action = "rollouts.start";
        entry.entry.target = target;
        page.entries.push_back(entry);
    }
    return page;
}

} // namespace

class AuditLinksTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<ConsoleWorld>(); }
    void cleanup() { m_world.reset(); }

    void everyObjectHasItsPage_data()
    {
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("object");
        const auto row = [](const char* target, const char* page, const char* object) {
            QTest::newRow(target) << QString::fromLatin1(page) << QString::fromLatin1(object);
        };
        row("jobs/17", "jobs", "17");
        row("schedules/nightly", "jobs", "schedules/nightly");
        row("rollouts/checkout", "rollouts", "checkout");
        row("services/checkout/green-1", "services", "checkout/green-1");
        row("scaling/workers", "services", "autoscaling:workers");
        row("operators/dana", "access", "operators/dana");
        row("roles/on-call", "access", "roles/on-call");
        row("tokens/7", "access", "tokens/7");
        row("sessions", "access", "sessions");
        row("approvals/9", "access", "approvals/9");
        row("audit/entries", "", "");
        row("days/2026-11-21", "", "");
        row("leases/dana", "", "");
        row("", "", "");
    }
    void everyObjectHasItsPage()
    {
        QFETCH(QString, page);
        QFETCH(QString, object);
        const auto place = m_world->pages.placeOf(QString::fromLatin1(QTest::currentDataTag()));
        QCOMPARE(place.value_or(PagePlace()), (PagePlace{page, object}));
    }

    void aPageAsksForAllOfItsOwn_data()
    {
        QTest::addColumn<QString>("target");
        QTest::newRow("jobs") << QStringLiteral("jobs/*");
        QTest::newRow("rollouts") << QStringLiteral("rollouts/*");
        QTest::newRow("services") << QStringLiteral("services/*");
        QTest::newRow("access") << QStringLiteral("operators/*");
    }
    void aPageAsksForAllOfItsOwn()
    {
        QFETCH(QString, target);
        const QString page = QString::fromLatin1(QTest::currentDataTag());
        QVERIFY(m_world->window->pages().open(page));
        auto* changes = m_world->button(QStringLiteral("What changed here?"));
        QVERIFY(changes->isVisible() && changes->isEnabled());
        QTest::mouseClick(changes, Qt::LeftButton);
        QCOMPARE(m_world->pageId(), QStringLiteral("audit"));
        QTRY_COMPARE(QString::fromStdString(m_world->askedOf()), target);
        m_world->window->pages().goBack();
        QCOMPARE(m_world->pageId(), page);
    }

    void aPageAsksForWhatIsSelected()
    {
        QVERIFY(m_world->window->pages().open(QStringLiteral("jobs"), QStringLiteral("17")));
        QTest::keyClick(m_world->window.get(), Qt::Key_H, Qt::ControlModifier);
        QTRY_COMPARE(m_world->pageId(), QStringLiteral("audit"));
        QTRY_COMPARE(m_world->askedOf(), std::string("jobs/17"));
    }

    void anEntryLeadsToItsObject()
    {
        QVERIFY(m_world->window->pages().open(QStringLiteral("audit")));
        m_world->connection->auditClient.lists.answer(entriesOf({"audit/entries", "jobs/17"}));
        auto* page = qobject_cast<AuditPage*>(m_world->window->pages().page());
        auto* table = page->findChild<DataTable*>();
        QTRY_COMPARE(table->model().rowCount(), 2);
        table->select(QStringLiteral("2"));
        auto* open = m_world->button(QStringLiteral("Open object"));
        QTRY_VERIFY(page->inspector()->isVisible());
        QVERIFY(!open->isVisible());
        table->select(QStringLiteral("1"));
        QTRY_VERIFY(open->isVisible());
        open->click();
        QCOMPARE(m_world->pageId(), QStringLiteral("jobs"));
        QCOMPARE(m_world->window->pages().page()->object(), QStringLiteral("17"));
    }

    void whereNothingIsChangedThereIsNoButton()
    {
        for (const char* id : {"overview", "metrics", "audit", "settings"}) {
            QVERIFY(m_world->window->pages().open(QString::fromLatin1(id)));
            QVERIFY2(!m_world->button(QStringLiteral("What changed here?"))->isVisible(), id);
            QCOMPARE(
                m_world->reason(command::kChanges),
                QStringLiteral("Nothing is changed on this page"));
        }
    }

    void whoMayNotReadTheAuditSeesWhy()
    {
        m_world->signIn({"jobs.view"});
        QVERIFY(m_world->window->pages().open(QStringLiteral("jobs")));
        auto* changes = m_world->button(QStringLiteral("What changed here?"));
        QVERIFY(changes->isVisible());
        QTRY_VERIFY(!changes->isEnabled());
        QVERIFY(changes->toolTip().contains(QStringLiteral("audit.view")));
    }

private:
    std::unique_ptr<ConsoleWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(AuditLinksTest)
#include "tst_audit_links.moc"
