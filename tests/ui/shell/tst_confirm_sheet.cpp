// SPDX-License-Identifier: Apache-2.0
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/components/MessageBar.h"
#include "ui/shell/ConfirmSheet.h"
#include "ui/shell/SheetHost.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace pilothouse;
using ui::Confirmation;
using ui::Friction;

namespace {

Confirmation promotion(Friction level = Friction::F3)
{
    Confirmation asked;
    asked.title = QStringLiteral("Promote green (v4.12.0) in eu-prod-1");
    asked.icon = QStringLiteral("rocket");
    asked.impact =
        QStringLiteral("Affects 212 tenants and 18.4 k req/s. Reversible for 60 min with one key.");
    asked.facts = {
        {QStringLiteral("Steps"), QStringLiteral("5 % → 25 % → 50 % → 100 %, each held 60 s")},
        {QStringLiteral("Gate"), QStringLiteral("errors < 0.5 %, p99 < 250 ms, no critical alert")},
        {QStringLiteral("Dry run"), QStringLiteral("done 14:26 by dana, no difference since")},
        {QStringLiteral("Plan"), QStringLiteral("7c1e09ab"), true}};
    asked.command = QStringLiteral("pilothousectl rollouts promote checkout --plan 7c1e09ab");
    asked.verb = QStringLiteral("Promote green");
    asked.level = level;
    asked.nameToType = QStringLiteral("eu-prod-1");
    return asked;
}

} // namespace

class ConfirmSheetTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void asksWhatTheLevelAsks_data();
    void asksWhatTheLevelAsks();
    void cancelIsTheDefaultAndEnterNeverConfirms_data();
    void cancelIsTheDefaultAndEnterNeverConfirms();
    void typedByKeyboardAlone();
    void pastedNameIsTakenAndSaidSo();
    void waitingKeepsItOpenAndRefusalSaysWhy();
    void changedPlanShowsTheDifferenceAndAsksAgain();
    void commandIsCopied();
    void everythingHasANameAndFits_data();
    void everythingHasANameAndFits();

private:
    ui::ConfirmSheet& open(const Confirmation& asked);
    QLineEdit* field(const QString& nameStart) const;
    QPushButton* button(const QString& text) const;
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);

    std::unique_ptr<test::ShellFixture> m_shell;
    ui::ConfirmSheet* m_sheet = nullptr;
};

void ConfirmSheetTest::init()
{
    m_shell = std::make_unique<test::ShellFixture>();
    m_shell->window->setSession(m_shell->makeSession());
    m_shell->setState(client::ConnectionState::Live);
    m_shell->show();
}

void ConfirmSheetTest::cleanup()
{
    m_shell.reset();
}

ui::ConfirmSheet& ConfirmSheetTest::open(const Confirmation& asked)
{
    m_sheet = new ui::ConfirmSheet(m_shell->theme, asked);
    // As a page does it.
    Q_EMIT m_shell->page(QStringLiteral("first"))->sheetRequested(m_sheet);
    return *m_sheet;
}

QLineEdit* ConfirmSheetTest::field(const QString& nameStart) const
{
    for (QLineEdit* edit : m_sheet->findChildren<QLineEdit*>()) {
        if (edit->accessibleName().startsWith(nameStart)) {
            return edit;
        }
    }
    return nullptr;
}

QPushButton* ConfirmSheetTest::button(const QString& text) const
{
    for (QPushButton* each : m_sheet->findChildren<QPushButton*>()) {
        if (each->text() == text || each->accessibleName() == text) {
            return each;
        }
    }
    return nullptr;
}

void ConfirmSheetTest::key(Qt::Key key, Qt::KeyboardModifiers modifiers)
{
    QTest::keyClick(QApplication::focusWidget(), key, modifiers);
}

void ConfirmSheetTest::asksWhatTheLevelAsks_data()
{
    QTest::addColumn<int>("level");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("confirms");
    const auto row =
        [](const char* title, Friction level, const char* reason, const char* name, bool confirms) {
            QTest::newRow(title) << static_cast<int>(level) << QString::fromLatin1(reason)
                                 << QString::fromLatin1(name) << confirms;
        };
    row("F2 nothing", Friction::F2, "", "", true);
    row("F2 reason", Friction::F2, "OPS-1", "", true);
    row("F3 nothing", Friction::F3, "", "", false);
    row("F3 reason only", Friction::F3, "OPS-1", "", false);
    row("F3 name only", Friction::F3, "", "eu-prod-1", false);
    row("F3 blank reason", Friction::F3, "   ", "eu-prod-1", false);
    row("F3 half a name", Friction::F3, "OPS-1", "eu-prod", false);
    row("F3 other case", Friction::F3, "OPS-1", "EU-PROD-1", false);
    row("F3 both", Friction::F3, " OPS-1 ", "eu-prod-1", true);
    row("F4 both", Friction::F4, "OPS-1", "eu-prod-1", true);
}

void ConfirmSheetTest::asksWhatTheLevelAsks()
{
    QFETCH(int, level);
    QFETCH(QString, reason);
    QFETCH(QString, name);
    QFETCH(bool, confirms);
    ui::ConfirmSheet& sheet = open(promotion(static_cast<Friction>(level)));
    const QSignalSpy confirmed(&sheet, &ui::ConfirmSheet::confirmed);
    QCOMPARE(field(QStringLiteral("Type the name")) != nullptr, level >= 3);
    QTest::keyClicks(field(QStringLiteral("Reason")), reason);
    if (!name.isEmpty()) {
        QTest::keyClicks(field(QStringLiteral("Type the name")), name);
    }
    QCOMPARE(button(QStringLiteral("Promote green"))->isEnabled(), confirms);
    QCOMPARE(sheet.missing().isEmpty(), confirms);
    key(Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(confirmed.size(), confirms ? 1 : 0);
    QCOMPARE(m_shell->window->sheets().sheet() == nullptr, confirms);
    if (confirms) {
        QCOMPARE(confirmed[0][0].toString(), reason.trimmed());
        QCOMPARE(confirmed[0][1].toString(), name);
        QCOMPARE(confirmed[0][2].toBool(), false);
    }
}

void ConfirmSheetTest::cancelIsTheDefaultAndEnterNeverConfirms_data()
{
    QTest::addColumn<QString>("focus");
    QTest::addColumn<bool>("closes");
    QTest::newRow("where it opens") << QString() << true;
    QTest::newRow("confirming button") << QStringLiteral("Promote green") << false;
    QTest::newRow("reason") << QStringLiteral("Reason") << false;
}

void ConfirmSheetTest::cancelIsTheDefaultAndEnterNeverConfirms()
{
    QFETCH(QString, focus);
    QFETCH(bool, closes);
    ui::ConfirmSheet& sheet = open(promotion(Friction::F2));
    const QSignalSpy confirmed(&sheet, &ui::ConfirmSheet::confirmed);
    QCOMPARE(QApplication::focusWidget(), button(QStringLiteral("Cancel")));
    if (QPushButton* wanted = button(focus); wanted != nullptr && !focus.isEmpty()) {
        wanted->setFocus();
    } else if (!focus.isEmpty()) {
        field(focus)->setFocus();
    }
    key(Qt::Key_Return);
    QCOMPARE(m_shell->window->sheets().sheet() == nullptr, closes);
    if (!closes) {
        key(Qt::Key_Enter, Qt::KeypadModifier);
        QVERIFY(m_shell->window->sheets().sheet() != nullptr);
    }
    QCOMPARE(confirmed.size(), 0);
}

void ConfirmSheetTest::typedByKeyboardAlone()
{
    ui::ConfirmSheet& sheet = open(promotion());
    const QSignalSpy confirmed(&sheet, &ui::ConfirmSheet::confirmed);
    QCOMPARE(QApplication::focusWidget(), field(QStringLiteral("Reason")));
    QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("OPS-1412"));
    key(Qt::Key_Tab);
    QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("eu-prod-1"));
    key(Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(confirmed.size(), 1);
    QCOMPARE(confirmed[0][0].toString(), QStringLiteral("OPS-1412"));
}

void ConfirmSheetTest::pastedNameIsTakenAndSaidSo()
{
    ui::ConfirmSheet& sheet = open(promotion());
    const QSignalSpy confirmed(&sheet, &ui::ConfirmSheet::confirmed);
    QTest::keyClicks(field(QStringLiteral("Reason")), QStringLiteral("OPS-1412"));
    QApplication::clipboard()->setText(QStringLiteral("eu-prod-1"));
    QLineEdit* name = field(QStringLiteral("Type the name"));
    name->setFocus();
    key(Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(name->text(), QStringLiteral("eu-prod-1"));
    key(Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(confirmed.size(), 1);
    QCOMPARE(confirmed[0][2].toBool(), true);
}

void ConfirmSheetTest::waitingKeepsItOpenAndRefusalSaysWhy()
{
    ui::ConfirmSheet& sheet = open(promotion());
    int asked = 0;
    connect(&sheet, &ui::ConfirmSheet::confirmed, this, [&] {
        ++asked;
        sheet.setWaiting(QStringLiteral("Asking the server…"));
    });
    QTest::keyClicks(field(QStringLiteral("Reason")), QStringLiteral("OPS-1412"));
    QTest::keyClicks(field(QStringLiteral("Type the name")), QStringLiteral("eu-prod-1"));
    key(Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(m_shell->window->sheets().sheet(), &sheet);
    key(Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(asked, 1);
    sheet.refuse(QStringLiteral("A critical alert fires on green. Look at it, then promote."));
    QVERIFY(!sheet.isWaiting());
    QCOMPARE(field(QStringLiteral("Reason"))->text(), QStringLiteral("OPS-1412"));
    test::picture(*m_shell->window, QStringLiteral("confirm-refused"));
    key(Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(asked, 2);
    key(Qt::Key_Escape);
    QVERIFY(m_shell->window->sheets().sheet() == nullptr);
}

void ConfirmSheetTest::changedPlanShowsTheDifferenceAndAsksAgain()
{
    ui::ConfirmSheet& sheet = open(promotion(Friction::F2));
    Confirmation changed = promotion(Friction::F3);
    changed.facts[3].value = QStringLiteral("91d0e4f2");
    changed.command = QStringLiteral("pilothousectl rollouts promote checkout --plan 91d0e4f2");
    sheet.replan(QStringLiteral("Green was deployed again since you looked."), changed);
    QVERIFY(!sheet.missing().isEmpty());
    QVERIFY(field(QStringLiteral("Type the name")) != nullptr);
    QCOMPARE(field(QStringLiteral("The same on"))->text(), changed.command);
    bool marked = false;
    for (const QLabel* label : sheet.findChildren<QLabel*>()) {
        marked = marked || label->text() == QStringLiteral("Plan ≠ changed");
    }
    QVERIFY(marked);
    test::picture(*m_shell->window, QStringLiteral("confirm-replanned"));
}

void ConfirmSheetTest::commandIsCopied()
{
    open(promotion());
    QTest::mouseClick(button(QStringLiteral("Copy the command")), Qt::LeftButton);
    QCOMPARE(QApplication::clipboard()->text(), promotion().command);
}

void ConfirmSheetTest::everythingHasANameAndFits_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<int>("scale");
    const int dark = static_cast<int>(ui::ThemeMode::Dark);
    const int light = static_cast<int>(ui::ThemeMode::Light);
    QTest::newRow("dark") << dark << QSize(1440, 900) << 100;
    QTest::newRow("light") << light << QSize(1440, 900) << 100;
    QTest::newRow("small") << dark << QSize(1024, 700) << 100;
    QTest::newRow("small-150") << light << QSize(1024, 700) << 150;
}

void ConfirmSheetTest::everythingHasANameAndFits()
{
    QFETCH(int, mode);
    QFETCH(QSize, size);
    QFETCH(int, scale);
    m_shell->theme.setMode(static_cast<ui::ThemeMode>(mode));
    m_shell->theme.setTextScale(scale);
    m_shell->window->resize(size);
    Confirmation asked = promotion(Friction::F4);
    asked.title = QStringLiteral("Delete tenant acme in eu-prod-1");
    asked.icon = QStringLiteral("trash-2");
    asked.verb = QStringLiteral("Ask to delete acme");
    asked.isDanger = true;
    asked.impactSeverity = ui::Severity::Critical;
    asked.impact = QStringLiteral("Removes 1.2 M rows and 41 GiB. Can be restored for 30 days.");
    ui::ConfirmSheet& sheet = open(asked);
    QTest::keyClicks(field(QStringLiteral("Reason")), QStringLiteral("OPS-1412"));
    QCOMPARE(test::unnamedFocusable(*m_shell->window), QStringList());
    test::picture(
        *m_shell->window,
        QStringLiteral("confirm-") + QString::fromLatin1(QTest::currentDataTag()));
    QVERIFY(sheet.width() <= m_shell->window->width());
}

PILOTHOUSE_UI_TEST_MAIN(ConfirmSheetTest)
#include "tst_confirm_sheet.moc"
