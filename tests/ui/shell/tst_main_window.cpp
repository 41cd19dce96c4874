// SPDX-License-Identifier: Apache-2.0
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/shell/CommandIds.h"
#include "ui/shell/CommandPalette.h"
#include "ui/shell/EnvBand.h"
#include "ui/shell/EnvironmentLook.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/RangeSheet.h"
#include "ui/shell/SheetHost.h"

#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <set>

using namespace pilothouse;
using client::ConnectionState;

class MainWindowTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void bandAndFrameShowTheEnvironment_data();
    void bandAndFrameShowTheEnvironment();
    void titleRepeatsEnvironmentAndName();
    void pagesAreReachedByKeysAndHistoryGoesBack();
    void regionsAreReachedInOrder();
    void paletteRunsByKeyboardAndGivesTheFocusBack();
    void paletteSetsTheTimeRange();
    void spacePressesAButtonAndPausesElsewhere();
    void typingIsNotTakenForKeys();
    void pageCommandsBelongToTheirPage();
    void sheetKeepsTheFocusAndGivesItBack();
    void rangeSheetRefusesNonsense();
    void anotherEnvironmentHasPagesOfItsOwn();
    void linkOpensPageObjectAndTime();
    void copiedLinkLeadsBack();
    void narrowWindowShowsIcons();
    void narrowWindowKeepsThePagesButtonsInReach();
    void theMenuOfTheFocusOpensByKey();
    void windowComesBackAsItWas();
    void everythingFocusableHasAName();
    void nothingStallsTheGui();
    void largestTextFitsTheSmallestWindow();

private:
    void open();
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);

    std::unique_ptr<test::ShellFixture> m_shell;
};

void MainWindowTest::init()
{
    m_shell = std::make_unique<test::ShellFixture>();
}

void MainWindowTest::cleanup()
{
    m_shell.reset();
}

void MainWindowTest::open()
{
    m_shell->window->setSession(m_shell->makeSession());
    m_shell->setState(ConnectionState::Live);
    m_shell->show();
}

void MainWindowTest::key(Qt::Key key, Qt::KeyboardModifiers modifiers)
{
    QWidget* target = QApplication::focusWidget();
    QTest::keyClick(target != nullptr ? target : m_shell->window.get(), key, modifiers);
}

void MainWindowTest::bandAndFrameShowTheEnvironment_data()
{
    QTest::addColumn<int>("environment");
    QTest::addColumn<QString>("word");
    const auto row = [](system::Environment environment, const char* word) {
        QTest::newRow(word) << static_cast<int>(environment) << QString::fromLatin1(word);
    };
    row(system::Environment::Production, "PRODUCTION");
    row(system::Environment::Staging, "STAGING");
    row(system::Environment::Development, "DEVELOPMENT");
    row(system::Environment::Test, "TEST");
    row(system::Environment::Local, "LOCAL");
}

void MainWindowTest::bandAndFrameShowTheEnvironment()
{
    QFETCH(int, environment);
    QFETCH(QString, word);
    open();
    client::ConnectionStatus status = m_shell->connection->status();
    status.server = system::ServerInfo{};
    status.server->environment = static_cast<system::Environment>(environment);
    m_shell->setStatus(status);
    QTRY_COMPARE(
        m_shell->window->band().environment(), static_cast<system::Environment>(environment));
    const auto look = ui::lookOf(static_cast<system::Environment>(environment));
    QCOMPARE(look.word, word);
    const QImage image = test::picture(*m_shell->window, QStringLiteral("band-") + word.toLower());
    const QColor fill = m_shell->theme.color(look.fill);
    QCOMPARE(image.pixelColor(image.width() / 2, 4), fill);
    QCOMPARE(image.pixelColor(0, image.height() / 2), fill);
    QCOMPARE(image.pixelColor(image.width() - 1, image.height() - 1), fill);
}

void MainWindowTest::titleRepeatsEnvironmentAndName()
{
    open();
    QVERIFY(m_shell->window->windowTitle().startsWith(QStringLiteral("PROD · eu-prod-1")));
    m_shell->window->setSession(nullptr);
    QCOMPARE(m_shell->window->windowTitle(), QStringLiteral("Pilothouse"));
}

void MainWindowTest::pagesAreReachedByKeysAndHistoryGoesBack()
{
    open();
    ui::PageHost& pages = m_shell->window->pages();
    QCOMPARE(pages.spec()->id, QStringLiteral("first"));
    key(Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(pages.spec()->id, QStringLiteral("second"));
    auto* second = qobject_cast<test::PlainPage*>(pages.page());
    QVERIFY(second->isShown);
    key(Qt::Key_F5);
    QCOMPARE(second->refreshed, 1);
    key(Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(pages.spec()->id, QStringLiteral("first"));
    QVERIFY(!second->isShown);
    key(Qt::Key_Right, Qt::AltModifier);
    QCOMPARE(pages.spec()->id, QStringLiteral("second"));
    key(Qt::Key_F, Qt::ControlModifier);
    QCOMPARE(QApplication::focusWidget(), second->filter);
}

void MainWindowTest::regionsAreReachedInOrder()
{
    open();
    std::vector<QWidget*> seen;
    for (int step = 0; step < 5; ++step) {
        key(Qt::Key_F6);
        QVERIFY(QApplication::focusWidget() != nullptr);
        seen.push_back(QApplication::focusWidget());
    }
    QCOMPARE(std::set<QWidget*>(seen.begin(), seen.end()).size(), seen.size());
    QWidget* last = QApplication::focusWidget();
    key(Qt::Key_F6);
    key(Qt::Key_F6, Qt::ShiftModifier);
    QCOMPARE(QApplication::focusWidget(), last);
}

void MainWindowTest::paletteRunsByKeyboardAndGivesTheFocusBack()
{
    open();
    QWidget* before = QApplication::focusWidget();
    key(Qt::Key_K, Qt::ControlModifier);
    ui::CommandPalette& palette = m_shell->window->palette();
    QVERIFY(palette.isVisible());
    QVERIFY(palette.model().rowCount() > 10);
    key(Qt::Key_Escape);
    QVERIFY(!palette.isVisible());
    QCOMPARE(QApplication::focusWidget(), before);
    key(Qt::Key_F1);
    QTest::keyClicks(palette.field(), QStringLiteral("secnd"));
    QCOMPARE(palette.model().entry(0)->title, QStringLiteral("Second"));
    test::picture(*m_shell->window, QStringLiteral("palette"));
    key(Qt::Key_Return);
    QVERIFY(!palette.isVisible());
    QCOMPARE(m_shell->window->pages().spec()->id, QStringLiteral("second"));
}

void MainWindowTest::paletteSetsTheTimeRange()
{
    open();
    m_shell->window->palette().open(QStringLiteral(":90s"));
    key(Qt::Key_Return);
    QCOMPARE(m_shell->window->time().range(), ui::TimeRange::lastOf(absl::Seconds(90)));
    m_shell->window->palette().open(QStringLiteral("?"));
    QVERIFY(m_shell->window->palette().model().rowCount() > 0);
    m_shell->window->palette().open(QStringLiteral("nothing is called like this"));
    QCOMPARE(m_shell->window->palette().model().rowCount(), 0);
    key(Qt::Key_Return);
    key(Qt::Key_Escape);
}

void MainWindowTest::spacePressesAButtonAndPausesElsewhere()
{
    open();
    auto* page = m_shell->page(QStringLiteral("first"));
    page->button->setFocus();
    key(Qt::Key_Space);
    QCOMPARE(page->pressed, 1);
    QVERIFY(!m_shell->window->time().isPaused());
    m_shell->window->setFocus();
    QTest::keyClick(m_shell->window.get(), Qt::Key_Space);
    QVERIFY(m_shell->window->time().isPaused());
    QTest::keyClick(m_shell->window.get(), Qt::Key_Space);
    QVERIFY(!m_shell->window->time().isPaused());
    QTest::keyClick(m_shell->window.get(), Qt::Key_BracketLeft);
    QVERIFY(m_shell->window->time().isZoomed());
    QTest::keyClick(m_shell->window.get(), Qt::Key_0);
    QVERIFY(!m_shell->window->time().isZoomed());
}

void MainWindowTest::typingIsNotTakenForKeys()
{
    open();
    auto* page = m_shell->page(QStringLiteral("first"));
    page->filter->setFocus();
    QTest::keyClicks(page->filter, QStringLiteral("a b[0+-"));
    QCOMPARE(page->filter->text(), QStringLiteral("a b[0+-"));
    QCOMPARE(page->ran, 0);
    QVERIFY(!m_shell->window->time().isPaused());
}

void MainWindowTest::pageCommandsBelongToTheirPage()
{
    open();
    auto* second = m_shell->page(QStringLiteral("second"));
    auto* first = m_shell->page(QStringLiteral("first"));
    QTest::keyClick(m_shell->window.get(), Qt::Key_A);
    QCOMPARE(first->ran, 1);
    QCOMPARE(second->ran, 0);
    m_shell->window->commands().run(QStringLiteral("second.act"));
    QCOMPARE(second->ran, 0);
}

void MainWindowTest::sheetKeepsTheFocusAndGivesItBack()
{
    open();
    auto* page = m_shell->page(QStringLiteral("first"));
    page->filter->setFocus();
    auto* sheet = new ui::RangeSheet(m_shell->theme, m_shell->window->time(), ui::TimeDisplay::Utc);
    m_shell->window->sheets().open(sheet);
    QCOMPARE(test::unnamedFocusable(*m_shell->window), QStringList());
    for (int step = 0; step < 12; ++step) {
        QVERIFY(sheet->isAncestorOf(QApplication::focusWidget()));
        key(Qt::Key_Tab);
    }
    key(Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(m_shell->window->pages().spec()->id, QStringLiteral("first"));
    test::picture(*m_shell->window, QStringLiteral("range-sheet"));
    key(Qt::Key_Escape);
    QVERIFY(m_shell->window->sheets().sheet() == nullptr);
    QCOMPARE(QApplication::focusWidget(), page->filter);
    key(Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(m_shell->window->pages().spec()->id, QStringLiteral("second"));
}

void MainWindowTest::rangeSheetRefusesNonsense()
{
    open();
    ui::TimeWindow& time = m_shell->window->time();
    time.setRange(
        ui::TimeRange::between(m_shell->clock.time, m_shell->clock.time - absl::Hours(1)));
    const ui::TimeRange before = time.range();
    auto* sheet = new ui::RangeSheet(m_shell->theme, time, ui::TimeDisplay::Utc);
    m_shell->window->sheets().open(sheet);
    key(Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(time.range(), before);
    QVERIFY(m_shell->window->sheets().sheet() == sheet);
    key(Qt::Key_Escape);
}

void MainWindowTest::anotherEnvironmentHasPagesOfItsOwn()
{
    open();
    m_shell->page(QStringLiteral("second"));
    const int before = test::PlainPage::destroyed;
    m_shell->window->setSession(m_shell->makeSession());
    QCOMPARE(test::PlainPage::destroyed, before + 2);
    QVERIFY(m_shell->window->commands().find(QStringLiteral("second.act")) == nullptr);
    QCOMPARE(m_shell->window->pages().spec()->id, QStringLiteral("first"));
    QVERIFY(!m_shell->window->pages().canGoBack());
}

void MainWindowTest::linkOpensPageObjectAndTime()
{
    ui::DeepLink link{
        QStringLiteral("eu-prod-1"),
        QStringLiteral("second"),
        QStringLiteral("thing"),
        ui::TimeRange::lastOf(absl::Hours(6))};
    m_shell->window->openLink(link);
    open();
    QCOMPARE(m_shell->window->pages().spec()->id, QStringLiteral("second"));
    QCOMPARE(m_shell->window->pages().page()->object(), QStringLiteral("thing"));
    QCOMPARE(m_shell->window->time().range(), *link.time);
    link.page = QStringLiteral("nowhere");
    m_shell->window->openLink(link);
    QCOMPARE(m_shell->window->pages().spec()->id, QStringLiteral("second"));
}

void MainWindowTest::copiedLinkLeadsBack()
{
    open();
    m_shell->page(QStringLiteral("second"))->openObject(QStringLiteral("a b"));
    key(Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    const auto link = ui::parseDeepLink(QApplication::clipboard()->text());
    QVERIFY(link.ok());
    QCOMPARE(link->environment, QStringLiteral("eu-prod-1"));
    QCOMPARE(link->object, QStringLiteral("a b"));
    QVERIFY(link->time == m_shell->window->time().range());
}

void MainWindowTest::narrowWindowShowsIcons()
{
    open();
    m_shell->window->resize(1440, 900);
    QTRY_VERIFY(!m_shell->window->isNavigationCollapsed());
    m_shell->window->resize(1024, 700);
    QTRY_VERIFY(m_shell->window->isNavigationCollapsed());
    test::picture(*m_shell->window, QStringLiteral("narrow"));
    m_shell->window->resize(1440, 900);
    key(Qt::Key_B, Qt::ControlModifier);
    QVERIFY(m_shell->window->isNavigationCollapsed());
}

void MainWindowTest::narrowWindowKeepsThePagesButtonsInReach()
{
    open();
    test::PlainPage* page = m_shell->page(QStringLiteral("first"));
    m_shell->window->resize(1024, 700);
    Q_EMIT page->inspectorChanged(true);
    QTRY_VERIFY(page->details->isVisible());
    const auto isInReach = [&](QWidget* widget) {
        const QPoint middle = widget->mapTo(m_shell->window.get(), widget->rect().center());
        return m_shell->window->childAt(middle) == widget;
    };
    QVERIFY(isInReach(page->button) && isInReach(page->details));
    // It lies over the page, which keeps its width.
    QCOMPARE(page->width(), m_shell->window->pages().width());
    m_shell->window->resize(1440, 900);
    QTRY_VERIFY(isInReach(page->button) && isInReach(page->details));
    key(Qt::Key_F4);
    QVERIFY(!page->details->isVisible());
}

void MainWindowTest::theMenuOfTheFocusOpensByKey()
{
    open();
    test::PlainPage* page = m_shell->page(QStringLiteral("first"));
    page->filter->setFocus();
    QTRY_COMPARE(QApplication::focusWidget(), page->filter);
    key(Qt::Key_F10, Qt::ShiftModifier);
    QTRY_VERIFY(QApplication::activePopupWidget() != nullptr);
    QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_Escape);
}

void MainWindowTest::windowComesBackAsItWas()
{
    open();
    m_shell->window->resize(1300, 800);
    m_shell->window->setNavigationCollapsed(true);
    m_shell->window->close();
    ui::MainWindow again(
        ui::ShellContext{m_shell->settings, m_shell->theme, m_shell->pages, m_shell->clock});
    QCOMPARE(again.size(), QSize(1300, 800));
    QVERIFY(again.isNavigationCollapsed());
}

void MainWindowTest::everythingFocusableHasAName()
{
    open();
    QCOMPARE(test::unnamedFocusable(*m_shell->window), QStringList());
    m_shell->window->palette().open();
    QCOMPARE(test::unnamedFocusable(*m_shell->window), QStringList());
}

void MainWindowTest::nothingStallsTheGui()
{
    open();
    QTRY_VERIFY(m_shell->window->isVisible());
    QCoreApplication::processEvents();
    const test::StallGuard guard;
    for (int round = 0; round < 3; ++round) {
        for (int state = 0; state <= static_cast<int>(ConnectionState::SignedOut); ++state) {
            m_shell->setState(static_cast<ConnectionState>(state));
        }
        key(Qt::Key_K, Qt::ControlModifier);
        QTest::keyClicks(m_shell->window->palette().field(), QStringLiteral("time"));
        key(Qt::Key_Escape);
        key(Qt::Key_2, Qt::ControlModifier);
        key(Qt::Key_1, Qt::ControlModifier);
        m_shell->theme.setMode(round % 2 == 0 ? ui::ThemeMode::Light : ui::ThemeMode::Dark);
        QCoreApplication::processEvents();
    }
    QVERIFY2(guard.passed(), qPrintable(guard.report()));
}

void MainWindowTest::largestTextFitsTheSmallestWindow()
{
    open();
    m_shell->theme.setTextScale(150);
    m_shell->window->resize(1024, 700);
    QCoreApplication::processEvents();
    QCOMPARE(m_shell->window->size(), QSize(1024, 700));
    QVERIFY(m_shell->window->minimumSizeHint().width() <= 1024);
    test::picture(*m_shell->window, QStringLiteral("text-150"));
}

PILOTHOUSE_UI_TEST_MAIN(MainWindowTest)
#include "tst_main_window.moc"
