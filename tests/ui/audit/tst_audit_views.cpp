// SPDX-License-Identifier: Apache-2.0
// What the audit page is narrowed to: as text in links, as a command, and saved by name.
#include "tests/support/ui/PageFixture.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/audit/AuditPage.h"
#include "ui/audit/SaveViewSheet.h"
#include "ui/audit/SavedViews.h"
#include "ui/audit/ViewsButton.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QMenu>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

AuditView refusedOf(const std::string& actor)
{
    AuditView view;
    view.filter.actor = actor;
    view.filter.outcomes = {audit::Outcome::Denied, audit::Outcome::Failed};
    return view;
}

QAction* actionOf(const QMenu& menu, const QString& text)
{
    for (QAction* action : menu.actions()) {
        if (action->text() == text) {
            return action;
        }
    }
    return nullptr;
}

} // namespace

class AuditViewsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<PageFixture>();
        m_page = std::make_unique<AuditPage>(m_world->context());
        m_page->resize(1236, 786);
        m_page->setShown(true);
    }
    void cleanup()
    {
        m_page.reset();
        m_world.reset();
    }

    void textsComeBackAsTheyWent_data()
    {
        QTest::addColumn<QString>("actor");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("text");
        const auto row = [](const char* name,
                            const QString& actor,
                            const QString& target,
                            const QString& words,
                            const QString& text) {
            QTest::newRow(name) << actor << target << words << text;
        };
        row("nothing", {}, {}, {}, {});
        row("plain", "dana", "jobs/*", {}, "actor=dana&target=jobs/*");
        row("signs", "a&b=c", {}, "100 % + 1", "actor=a%26b%3Dc&text=100 %25 %2B 1");
        row("letters",
            QStringLiteral("zoë"),
            QStringLiteral("café/1"),
            {},
            "actor=zo%C3%AB&target=caf%C3%A9/1");
    }
    void textsComeBackAsTheyWent()
    {
        QFETCH(QString, actor);
        QFETCH(QString, target);
        QFETCH(QString, words);
        QFETCH(QString, text);
        AuditView view;
        view.filter.actor = actor.toStdString();
        view.filter.target = target.toStdString();
        view.filter.text = words.toStdString();
        QCOMPARE(auditViewText(view), text);
        QVERIFY(auditViewOf(text) == view);
        view.filter.outcomes = {audit::Outcome::Failed, audit::Outcome::Ok};
        view.isInTimeRange = true;
        QVERIFY(auditViewOf(auditViewText(view)) == view);
    }

    void whatIsNotUnderstoodIsLeftOut_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text :
             {"",
              "=",
              "&&&",
              "colour=green",
              "outcome=blue,",
              "in_time_range=maybe",
              "%",
              "actor"}) {
            QTest::newRow(text) << QString::fromLatin1(text);
        }
    }
    void whatIsNotUnderstoodIsLeftOut()
    {
        QFETCH(QString, text);
        QVERIFY(auditViewOf(text) == AuditView());
    }

    void aViewIsACommand()
    {
        AuditView view = refusedOf("o'brien");
        view.filter.action = "access.*";
        QCOMPARE(
            auditViewCommand(view),
            QStringLiteral("pilothousectl audit list --actor 'o'\\''brien' --action 'access.*' "
                           "--outcome denied,failed"));
        QCOMPARE(auditViewCommand({}), QStringLiteral("pilothousectl audit list"));
    }

    void savedViewsAreKept()
    {
        Settings& settings = m_world->context().settings;
        SavedViews views(settings);
        QVERIFY(views.all().empty());
        QVERIFY(views.save(QStringLiteral("  Refused & co "), refusedOf("dana")).ok());
        QVERIFY(views.save(QStringLiteral("All"), {}).ok());
        // Another window, and the same name once more.
        SavedViews others(settings);
        QVERIFY(others.save(QStringLiteral("Refused & co"), refusedOf("lee")).ok());
        const auto all = views.all();
        QCOMPARE(all.size(), std::size_t{2});
        QCOMPARE(all[0].name, QStringLiteral("All"));
        QVERIFY((all[1] == SavedView{QStringLiteral("Refused & co"), refusedOf("lee")}));
        views.remove(QStringLiteral("Refused & co"));
        QCOMPARE(others.all().size(), std::size_t{1});
    }

    void savedViewsAreBounded()
    {
        SavedViews views(m_world->context().settings);
        for (std::size_t at = 0; at < SavedViews::kMost; ++at) {
            QVERIFY(views.save(QString::number(at), {}).ok());
        }
        QVERIFY(absl::IsResourceExhausted(views.save(QStringLiteral("one more"), {})));
        QVERIFY(views.save(QStringLiteral("7"), refusedOf("dana")).ok());
        QVERIFY(absl::IsInvalidArgument(views.save(QStringLiteral("  "), {})));
        QVERIFY(absl::IsInvalidArgument(views.save(QString(61, QLatin1Char('x')), {})));
        QCOMPARE(views.all().size(), SavedViews::kMost);
    }

    void aDamagedFileCountsAsNone_data()
    {
        QTest::addColumn<QByteArray>("stored");
        QTest::addColumn<int>("count");
        QTest::newRow("no JSON") << QByteArray("{\"a\":") << 0;
        QTest::newRow("a list") << QByteArray("[1,2]") << 0;
        QTest::newRow("numbers") << QByteArray("{\"a\":7}") << 1;
    }
    void aDamagedFileCountsAsNone()
    {
        QFETCH(QByteArray, stored);
        QFETCH(int, count);
        m_world->context().settings.setLayout(QStringLiteral("audit-views"), stored);
        const auto all = SavedViews(m_world->context().settings).all();
        QCOMPARE(static_cast<int>(all.size()), count);
        QVERIFY(all.empty() || all.front().view == AuditView());
    }

    void aLinkBringsItsFilter()
    {
        m_page->setFilter(QStringLiteral("action=access.*&outcome=denied"));
        QTRY_COMPARE(asked().action, std::string("access.*"));
        QCOMPARE(asked().outcomes, std::vector{audit::Outcome::Denied});
        QCOMPARE(m_page->filter(), QStringLiteral("action=access.*&outcome=denied"));
        m_page->setFilter({});
        QTRY_COMPARE(asked().action, std::string());
        QCOMPARE(m_page->filter(), QString());
    }

    void aViewIsSavedAndChosenAgain()
    {
        m_page->setFilter(auditViewText(refusedOf("dana")));
        QSignalSpy sheets(m_page.get(), &Page::sheetRequested);
        QPointer<QMenu> menu = views().openMenu();
        QVERIFY(actionOf(*menu, QStringLiteral("Remove view")) == nullptr);
        actionOf(*menu, QStringLiteral("Save this view…"))->trigger();
        QCOMPARE(sheets.size(), 1);
        const std::unique_ptr<Sheet> sheet(sheets.front().front().value<Sheet*>());
        auto* save = sheet->findChildren<QPushButton*>().last();
        QVERIFY(!save->isEnabled());
        sheet->findChild<QLineEdit*>()->setText(QStringLiteral("Dana & refusals"));
        QVERIFY(save->isEnabled());
        QSignalSpy closed(sheet.get(), &Sheet::closeRequested);
        sheet->confirm();
        QCOMPARE(closed.size(), 1);
        m_page->setFilter({});
        menu = views().openMenu();
        actionOf(*menu, QStringLiteral("Dana && refusals"))->trigger();
        QTRY_COMPARE(asked().actor, std::string("dana"));
        QCOMPARE(m_page->filter(), auditViewText(refusedOf("dana")));
        QAction* remove = actionOf(*menu, QStringLiteral("Remove view"));
        actionOf(*remove->menu(), QStringLiteral("Dana && refusals"))->trigger();
        menu = views().openMenu();
        QVERIFY(actionOf(*menu, QStringLiteral("Dana && refusals")) == nullptr);
    }

    void theListIsCopiedAsACommand()
    {
        m_page->setFilter(QStringLiteral("target=jobs/*"));
        QSignalSpy toasts(m_page.get(), &Page::toastRequested);
        actionOf(*views().openMenu(), QStringLiteral("Copy as command"))->trigger();
        QCOMPARE(
            QGuiApplication::clipboard()->text(),
            QStringLiteral("pilothousectl audit list --target 'jobs/*'"));
        QCOMPARE(toasts.size(), 1);
    }

private:
    const audit::Filter& asked() const
    {
        return m_world->connection().auditClient.lists.requests().back().filter;
    }
    ViewsButton& views() const { return *m_page->findChild<ViewsButton*>(); }

    std::unique_ptr<PageFixture> m_world;
    std::unique_ptr<AuditPage> m_page;
};

PILOTHOUSE_UI_TEST_MAIN(AuditViewsTest)
#include "tst_audit_views.moc"
