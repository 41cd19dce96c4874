// SPDX-License-Identifier: Apache-2.0
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/shell/CommandIds.h"
#include "ui/shell/Toast.h"
#include "ui/shell/ToastStack.h"

#include <QApplication>
#include <QTest>

using namespace pilothouse;
using ui::Severity;
using ui::ToastMessage;

namespace {

ToastMessage messageOf(const QString& text, Severity severity = Severity::Info)
{
    ToastMessage message;
    message.severity = severity;
    message.text = text;
    return message;
}

} // namespace

class ToastsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void newestIsLowestAtTheRight();
    void onlyThreeStandAndErrorsStayLongest_data();
    void onlyThreeStandAndErrorsStayLongest();
    void theyGoByThemselvesErrorsDoNot();
    void whoReachedForItIsNotRaced();
    void theSameIsCounted();
    void actionRunsOnce();
    void keyboardReachesItAndComesBack();
    void alertsAreGrouped();
    void pagesPostThroughTheShell();
    void everythingHasAName();
    void whatIsBesideCanBeClicked();

private:
    ui::ToastStack& stack() { return m_shell->window->toasts(); }
    QStringList texts();

    std::unique_ptr<test::ShellFixture> m_shell;
};

void ToastsTest::init()
{
    m_shell = std::make_unique<test::ShellFixture>();
    m_shell->window->setSession(m_shell->makeSession());
    m_shell->setState(client::ConnectionState::Live);
    m_shell->show();
}

void ToastsTest::cleanup()
{
    m_shell.reset();
}

QStringList ToastsTest::texts()
{
    QStringList result;
    for (const ui::Toast* toast : stack().toasts()) {
        result << toast->message().text;
    }
    return result;
}

void ToastsTest::newestIsLowestAtTheRight()
{
    stack().post(messageOf(QStringLiteral("Backup nightly-0303 verified"), Severity::Ok));
    ToastMessage undo = messageOf(QStringLiteral("Silenced “replica lag” for 1 h"));
    undo.detail = QStringLiteral("3 more alerts of the same group are silenced with it");
    undo.actionText = QStringLiteral("Undo");
    undo.action = [] {};
    stack().post(undo);
    stack().post(messageOf(
        QStringLiteral("Purging tenant acme failed: connection to the database was lost. Nothing "
                       "was removed. Try again when the database is back."),
        Severity::Error));
    const auto shown = stack().toasts();
    QCOMPARE(shown.size(), std::size_t(3));
    QVERIFY(shown[0]->geometry().bottom() < shown[1]->geometry().top());
    QVERIFY(shown[1]->geometry().bottom() < shown[2]->geometry().top());
    const QRect place(stack().mapTo(m_shell->window.get(), QPoint(0, 0)), stack().size());
    QVERIFY(place.right() > m_shell->window->width() - 40);
    QVERIFY(place.left() > m_shell->window->width() / 2);
    QVERIFY(place.bottom() > m_shell->window->height() - 80);
    for (const auto mode : {ui::ThemeMode::Dark, ui::ThemeMode::Light}) {
        m_shell->theme.setMode(mode);
        test::picture(
            *m_shell->window,
            mode == ui::ThemeMode::Dark ? QStringLiteral("toasts-dark")
                                        : QStringLiteral("toasts-light"));
    }
    m_shell->window->resize(1100, 720);
    QTRY_VERIFY(stack().geometry().right() < m_shell->window->width());
}

void ToastsTest::onlyThreeStandAndErrorsStayLongest_data()
{
    QTest::addColumn<QList<int>>("severities");
    QTest::addColumn<QStringList>("standing");
    const int info = static_cast<int>(Severity::Info);
    const int error = static_cast<int>(Severity::Error);
    const int critical = static_cast<int>(Severity::Critical);
    const auto names = [](const char* text) {
        return QString::fromLatin1(text).split(QLatin1Char(' '));
    };
    QTest::newRow("oldest goes") << QList<int>{info, info, info, info} << names("1 2 3");
    QTest::newRow("error stays") << QList<int>{error, info, info, info, info} << names("0 3 4");
    QTest::newRow("only errors") << QList<int>{error, critical, error, info} << names("1 2 3");
}

void ToastsTest::onlyThreeStandAndErrorsStayLongest()
{
    QFETCH(QList<int>, severities);
    QFETCH(QStringList, standing);
    for (qsizetype number = 0; number < severities.size(); ++number) {
        stack().post(messageOf(QString::number(number), static_cast<Severity>(severities[number])));
    }
    QCOMPARE(texts(), standing);
}

void ToastsTest::theyGoByThemselvesErrorsDoNot()
{
    ToastMessage soon = messageOf(QStringLiteral("soon"));
    soon.milliseconds = 30;
    ToastMessage error = messageOf(QStringLiteral("error"), Severity::Error);
    error.milliseconds = 1;
    stack().post(error);
    stack().post(soon);
    QTRY_COMPARE_WITH_TIMEOUT(texts(), QStringList{QStringLiteral("error")}, 20000);
    QVERIFY(stack().isVisible());
    stack().toasts().front()->act();
    QVERIFY(stack().isEmpty());
    QVERIFY(!stack().isVisible());
}

void ToastsTest::whoReachedForItIsNotRaced()
{
    ToastMessage held = messageOf(QStringLiteral("held"));
    held.milliseconds = 1;
    held.actionText = QStringLiteral("Undo");
    stack().post(held);
    stack().focusNewest();
    ToastMessage later = messageOf(QStringLiteral("later"));
    later.milliseconds = 1;
    stack().post(later);
    QTRY_COMPARE_WITH_TIMEOUT(texts(), QStringList{QStringLiteral("held")}, 20000);
    m_shell->window->setFocus();
    QTRY_VERIFY_WITH_TIMEOUT(stack().isEmpty(), 20000);
}

void ToastsTest::theSameIsCounted()
{
    for (int time = 0; time < 4; ++time) {
        stack().post(messageOf(QStringLiteral("Target down"), Severity::Warning));
    }
    QCOMPARE(stack().toasts().size(), std::size_t(1));
    QCOMPARE(stack().toasts().front()->count(), 4);
    QCOMPARE(stack().toasts().front()->accessibleName(), QStringLiteral("Target down (4 times)"));
}

void ToastsTest::actionRunsOnce()
{
    int ran = 0;
    ToastMessage undo = messageOf(QStringLiteral("Acknowledged"));
    undo.actionText = QStringLiteral("Undo");
    undo.action = [&] { ++ran; };
    stack().post(undo);
    ui::Toast* toast = stack().toasts().front();
    toast->act();
    toast->act();
    QCOMPARE(ran, 1);
    QVERIFY(stack().isEmpty());
}

void ToastsTest::keyboardReachesItAndComesBack()
{
    auto* page = m_shell->page(QStringLiteral("first"));
    page->filter->setFocus();
    QVERIFY(!m_shell->window->commands()
                 .disabledReason(*m_shell->window->commands().find(ui::command::kMessages))
                 .isEmpty());
    int ran = 0;
    ToastMessage undo = messageOf(QStringLiteral("Acknowledged"));
    undo.actionText = QStringLiteral("Undo");
    undo.action = [&] { ++ran; };
    stack().post(undo);
    QTest::keyClick(page->filter, Qt::Key_M, Qt::AltModifier);
    QCOMPARE(QApplication::focusWidget(), stack().toasts().front()->firstControl());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
    QCOMPARE(ran, 1);
    QCOMPARE(QApplication::focusWidget(), page->filter);
    stack().post(messageOf(QStringLiteral("No action")));
    QTest::keyClick(page->filter, Qt::Key_M, Qt::AltModifier);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    QVERIFY(stack().isEmpty());
    QCOMPARE(QApplication::focusWidget(), page->filter);
}

void ToastsTest::alertsAreGrouped()
{
    // The name of the stack is what its alert says.
    stack().post(messageOf(QStringLiteral("first")));
    stack().post(messageOf(QStringLiteral("second"), Severity::Error));
    stack().post(messageOf(QStringLiteral("third")));
    QCOMPARE(stack().accessibleName(), QStringLiteral("Info: first"));
    QTRY_COMPARE_WITH_TIMEOUT(
        stack().accessibleName(), QStringLiteral("Error: second. Info: third"), 20000);
}

void ToastsTest::pagesPostThroughTheShell()
{
    auto* page = m_shell->page(QStringLiteral("second"));
    m_shell->page(QStringLiteral("first"));
    // Also a page that is not the shown one.
    Q_EMIT page->toastRequested(messageOf(QStringLiteral("job done"), Severity::Ok));
    QCOMPARE(texts(), QStringList{QStringLiteral("job done")});
}

void ToastsTest::everythingHasAName()
{
    ToastMessage undo = messageOf(QStringLiteral("Acknowledged"));
    undo.actionText = QStringLiteral("Undo");
    stack().post(undo);
    QCOMPARE(test::unnamedFocusable(*m_shell->window), QStringList());
}

void ToastsTest::whatIsBesideCanBeClicked()
{
    stack().post(messageOf(QStringLiteral("small")));
    auto* page = m_shell->page(QStringLiteral("first"));
    const QPoint at = page->button->mapTo(m_shell->window.get(), page->button->rect().center());
    QCOMPARE(m_shell->window->childAt(at), page->button);
}

PILOTHOUSE_UI_TEST_MAIN(ToastsTest)
#include "tst_toasts.moc"
