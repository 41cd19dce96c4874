// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/components/DiffModel.h"
#include "ui/components/DiffView.h"
#include "ui/components/LogView.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTableView>

#include <random>

using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

LogLine lineOf(LogLevel level, const QString& text)
{
    return {absl::FromUnixMillis(1'700'001'000'123), level, text};
}

std::vector<LogLine> manyLines(int count)
{
    std::vector<LogLine> lines;
    for (int number = 0; number < count; ++number) {
        const auto level = number % 50 == 0   ? LogLevel::Error
                           : number % 10 == 0 ? LogLevel::Warning
                           : number % 3 == 0  ? LogLevel::Debug
                                              : LogLevel::Info;
        lines.push_back(lineOf(
            level,
            QStringLiteral("tenant t-%1 migrated to version 42 in %2 ms")
                .arg(number)
                .arg(number % 97)));
    }
    return lines;
}

/// The rows as one character each: = same, ~ changed, + added, - removed.
QString shapeOf(const std::vector<DiffRow>& rows)
{
    QString shape;
    for (const DiffRow& row : rows) {
        shape += QLatin1Char("=~+-"[static_cast<int>(row.kind)]);
    }
    return shape;
}

QStringList split(const QString& text)
{
    return text.isEmpty() ? QStringList() : text.split(QLatin1Char(' '));
}

/// Lines of a stored procedure and of its newer version.
const auto kBefore = QStringLiteral("create table quotes (\n  id bigint,\n  price numeric\n);\n"
                                    "create index on quotes (id);\n-- 1\n-- 2\n-- 3\n-- 4\n-- 5\n"
                                    "-- 6\n-- 7\n-- 8\n-- 9\nanalyze quotes;\n");
const auto kAfter = QStringLiteral("create table quotes (\n  id bigint,\n  price numeric(12,2),\n"
                                   "  valid_until timestamptz\n);\n"
                                   "create index on quotes (id);\n-- 1\n-- 2\n-- 3\n-- 4\n-- 5\n"
                                   "-- 6\n-- 7\n-- 8\n-- 9\n");

} // namespace

class LogsAndDiffsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme.applyTo(GuardedApplication::instance()); }
    void cleanup()
    {
        m_theme.setMode(ThemeMode::Dark);
        m_theme.setTextScale(100);
    }

    void logKeepsTheNewestLines();
    void logFollowsUntilOneScrollsUp();
    void logShowsALevelAndWorse();
    void logFindsForwardAndBackward();
    void logCopiesSelectionOrAll();
    void aBurstStallsNothing();
    void logLooksRight_data() { modes(); }
    void logLooksRight();

    void differenceIsTheShortest_data();
    void differenceIsTheShortest();
    void differenceLeadsFromBeforeToAfter();
    void farApartIsReplacedAsAWhole();
    void changesAreReachedByKeyboard();
    void unchangedLinesAreFolded();
    void patchIsCopied();
    void diffLooksRight_data() { modes(); }
    void diffLooksRight();

private:
    static void modes()
    {
        QTest::addColumn<int>("mode");
        QTest::newRow("dark") << static_cast<int>(ThemeMode::Dark);
        QTest::newRow("light") << static_cast<int>(ThemeMode::Light);
    }
    static void settle(const LogView& log) { QTRY_VERIFY_WITH_TIMEOUT(log.isSettled(), 60000); }
    std::unique_ptr<LogView> shownLog()
    {
        auto log = std::make_unique<LogView>(m_theme, QStringLiteral("Log of job 7"));
        log->resize(760, 360);
        log->show();
        return log;
    }

    Theme m_theme;
};

void LogsAndDiffsTest::logKeepsTheNewestLines()
{
    const auto log = shownLog();
    log->add(manyLines(12'345));
    log->add({lineOf(LogLevel::Info, QString(100'000, QLatin1Char('x')))});
    log->add({lineOf(LogLevel::Info, QStringLiteral("two\nlines\r"))});
    settle(*log);
    QCOMPARE(log->buffer().size(), LogBuffer::kMost);
    QCOMPARE(log->buffer().end(), std::uint64_t(12'347));
    QCOMPARE(log->view().document()->blockCount(), static_cast<int>(LogBuffer::kMost));
    QVERIFY(log->buffer().line(12'345).text.size() <= LogBuffer::kLongest + 2);
    QCOMPARE(log->buffer().line(12'346).text, QStringLiteral("two ↵ lines"));
    log->clear();
    QVERIFY(log->buffer().isEmpty());
    QCOMPARE(log->view().toPlainText(), QString());
}

void LogsAndDiffsTest::logFollowsUntilOneScrollsUp()
{
    const auto log = shownLog();
    log->add(manyLines(500));
    settle(*log);
    QScrollBar* bar = log->view().verticalScrollBar();
    QVERIFY(bar->maximum() > 0);
    QCOMPARE(bar->value(), bar->maximum());
    bar->triggerAction(QAbstractSlider::SliderPageStepSub);
    QVERIFY(!log->isFollowing());
    const int reading = bar->value();
    log->add(manyLines(100));
    settle(*log);
    QCOMPARE(bar->value(), reading);
    QTest::keyClick(&log->view(), Qt::Key_End);
    QVERIFY(log->isFollowing());
    log->setFollowing(true);
    log->add(manyLines(10));
    settle(*log);
    QCOMPARE(bar->value(), bar->maximum());
}

void LogsAndDiffsTest::logShowsALevelAndWorse()
{
    const auto log = shownLog();
    log->add(manyLines(100));
    log->setLevel(LogLevel::Warning);
    settle(*log);
    QCOMPARE(log->view().document()->blockCount(), 10);
    QVERIFY(!log->text().contains(QStringLiteral("INFO")));
    log->setLevel(LogLevel::Error);
    settle(*log);
    QCOMPARE(log->view().document()->blockCount(), 2);
    log->clear();
    log->add({lineOf(LogLevel::Info, QStringLiteral("fine"))});
    settle(*log);
    QCOMPARE(log->text(), QString());
    log->setLevel(LogLevel::Debug);
    settle(*log);
    QVERIFY(log->text().contains(QStringLiteral("fine")));
}

void LogsAndDiffsTest::logFindsForwardAndBackward()
{
    const auto log = shownLog();
    log->add(manyLines(300));
    settle(*log);
    QVERIFY(log->find(QStringLiteral("T-20 ")));
    QVERIFY(!log->isFollowing());
    QCOMPARE(log->view().textCursor().selectedText(), QStringLiteral("t-20 "));
    QVERIFY(log->find(QStringLiteral("t-200 "), true));
    QVERIFY(!log->find(QStringLiteral("nowhere")));
    auto* field = log->findChild<QLineEdit*>();
    field->setText(QStringLiteral("t-29"));
    QTest::keyClick(field, Qt::Key_Return);
    const int first = log->view().textCursor().blockNumber();
    QTest::keyClick(field, Qt::Key_Return);
    QVERIFY(log->view().textCursor().blockNumber() != first);
    QTest::keyClick(field, Qt::Key_Return, Qt::ShiftModifier);
    QCOMPARE(log->view().textCursor().blockNumber(), first);
}

void LogsAndDiffsTest::logCopiesSelectionOrAll()
{
    const auto log = shownLog();
    log->add(
        {lineOf(LogLevel::Info, QStringLiteral("one")),
         lineOf(LogLevel::Error, QStringLiteral("two"))});
    settle(*log);
    log->copy();
    QCOMPARE(
        QGuiApplication::clipboard()->text(),
        QStringLiteral("22:30:00.123 INFO    one\n22:30:00.123 ERROR   two"));
    QVERIFY(log->find(QStringLiteral("two")));
    log->copy();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("two"));
}

void LogsAndDiffsTest::aBurstStallsNothing()
{
    const auto log = shownLog();
    log->setWrapped(true);
    const StallGuard guard;
    log->add(manyLines(30'000));
    settle(*log);
    log->setLevel(LogLevel::Info);
    settle(*log);
    m_theme.setMode(ThemeMode::Light);
    settle(*log);
    qInfo("worst event: %s", qPrintable(guard.report()));
    QVERIFY2(guard.passed(), qPrintable(guard.report()));
}

void LogsAndDiffsTest::logLooksRight()
{
    QFETCH(int, mode);
    m_theme.setMode(static_cast<ThemeMode>(mode));
    const auto log = shownLog();
    log->add(manyLines(200));
    settle(*log);
    log->find(QStringLiteral("t-190"));
    QVERIFY(QTest::qWaitForWindowExposed(log.get()));
    picture(*log, QStringLiteral("log-") + QString::fromLatin1(QTest::currentDataTag()));
    QCOMPARE(unnamedFocusable(*log), QStringList());
    log->clear();
    QVERIFY(
        inkOf(picture(
            *log, QStringLiteral("log-empty-") + QString::fromLatin1(QTest::currentDataTag()))) >
        0);
}

void LogsAndDiffsTest::differenceIsTheShortest_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::addColumn<QString>("shape");
    const auto row =
        [](const char* name, const char* before, const char* after, const char* shape) {
            QTest::newRow(name) << QString::fromLatin1(before) << QString::fromLatin1(after)
                                << QString::fromLatin1(shape);
        };
    row("nothing", "", "", "");
    row("same", "a b c", "a b c", "===");
    row("all new", "", "a b", "++");
    row("all gone", "a b", "", "--");
    row("added", "a c", "a b c", "=+=");
    row("removed", "a b c", "a c", "=-=");
    row("changed", "a b c", "a x c", "=~=");
    row("changed and added", "a b c", "a x y c", "=~+=");
    row("moved", "a b c d", "b c d a", "-===+");
    row("twice", "a b c d e", "a x c d y", "=~==~");
    row("nothing in common", "a b", "x y z", "~~+");
    row("doubled", "a a a", "a a a a", "===+");
}

void LogsAndDiffsTest::differenceIsTheShortest()
{
    QFETCH(QString, before);
    QFETCH(QString, after);
    QFETCH(QString, shape);
    QCOMPARE(shapeOf(diffLines(split(before), split(after))), shape);
}

void LogsAndDiffsTest::differenceLeadsFromBeforeToAfter()
{
    std::minstd_rand random(7);
    for (int round = 0; round < 300; ++round) {
        QStringList before;
        QStringList after;
        for (unsigned line = 0; line < random() % 40; ++line) {
            before << QString::number(random() % 6);
        }
        for (unsigned line = 0; line < random() % 40; ++line) {
            after << QString::number(random() % 6);
        }
        QStringList left;
        QStringList right;
        for (const DiffRow& row : diffLines(before, after)) {
            if (row.before >= 0) {
                left << before[row.before];
            }
            if (row.after >= 0) {
                right << after[row.after];
            }
            QCOMPARE(
                row.kind == DiffRow::Kind::Same,
                row.before >= 0 && row.after >= 0 && before[row.before] == after[row.after] &&
                    row.kind != DiffRow::Kind::Changed);
        }
        QCOMPARE(left, before);
        QCOMPARE(right, after);
    }
}

void LogsAndDiffsTest::farApartIsReplacedAsAWhole()
{
    QStringList before;
    QStringList after;
    for (int line = 0; line < 20'000; ++line) {
        before << QStringLiteral("old %1").arg(line);
        after << QStringLiteral("new %1").arg(line);
    }
    before.prepend(QStringLiteral("head"));
    after.prepend(QStringLiteral("head"));
    const auto rows = diffLines(before, after);
    QCOMPARE(rows.size(), std::size_t(20'001));
    QVERIFY(rows.front().kind == DiffRow::Kind::Same);
    QVERIFY(rows.back().kind == DiffRow::Kind::Changed);
}

void LogsAndDiffsTest::changesAreReachedByKeyboard()
{
    DiffView view(m_theme, QStringLiteral("Migration 42"));
    QAbstractItemModelTester tester(
        view.view().model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    view.resize(800, 400);
    view.show();
    view.setTexts(kBefore, kAfter);
    QCOMPARE(view.summary(), QStringLiteral("2 changes (lines: 1 changed, 1 added, 1 removed)"));
    QTest::keyClick(&view.view(), Qt::Key_Down, Qt::AltModifier);
    QCOMPARE(
        view.view().currentIndex().siblingAtColumn(1).data().toString(),
        QStringLiteral("  price numeric(12,2),"));
    QTest::keyClick(&view.view(), Qt::Key_Down, Qt::AltModifier);
    QCOMPARE(
        view.view().currentIndex().siblingAtColumn(0).data().toString(),
        QStringLiteral("analyze quotes;"));
    QVERIFY(!view.moveToChange(1));
    QTest::keyClick(&view.view(), Qt::Key_Up, Qt::AltModifier);
    QCOMPARE(view.view().currentIndex().row(), view.model().changes().front());
    QCOMPARE(
        view.view().currentIndex().siblingAtColumn(0).data(Qt::AccessibleTextRole).toString(),
        QStringLiteral("changed, line 3: before   price numeric, after   price numeric(12,2),"));
}

void LogsAndDiffsTest::unchangedLinesAreFolded()
{
    DiffView view(m_theme, QStringLiteral("Migration 42"));
    view.setTexts(kBefore, kAfter);
    const int folded = view.view().model()->rowCount();
    bool said = false;
    for (int row = 0; row < folded; ++row) {
        said = said || view.view().model()->index(row, 0).data().toString().endsWith(
                           QStringLiteral("unchanged lines"));
    }
    QVERIFY(said);
    view.setFolded(false);
    QCOMPARE(view.view().model()->rowCount(), 16);
    view.setTexts(kBefore, kBefore);
    QCOMPARE(view.summary(), QStringLiteral("No difference"));
}

void LogsAndDiffsTest::patchIsCopied()
{
    DiffView view(m_theme, QStringLiteral("Quota"));
    view.show();
    view.setTexts(
        QStringLiteral("users = 10\nplan = pro\n"), QStringLiteral("users = 50\nplan = pro\n"));
    QTest::keyClick(&view.view(), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(
        QGuiApplication::clipboard()->text(),
        QStringLiteral("-users = 10\n+users = 50\n plan = pro"));
}

void LogsAndDiffsTest::diffLooksRight()
{
    QFETCH(int, mode);
    m_theme.setMode(static_cast<ThemeMode>(mode));
    DiffView view(m_theme, QStringLiteral("Migration 42"));
    view.resize(860, 360);
    view.show();
    view.setTexts(kBefore, kAfter);
    view.moveToChange(1);
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    const QImage image =
        picture(view, QStringLiteral("diff-") + QString::fromLatin1(QTest::currentDataTag()));
    QVERIFY(contains(image, m_theme.color(Color::OkBg)));
    QVERIFY(contains(image, m_theme.color(Color::ErrorBg)));
    QCOMPARE(unnamedFocusable(view), QStringList());
}

PILOTHOUSE_UI_TEST_MAIN(LogsAndDiffsTest)
#include "tst_logs_and_diffs.moc"
