// SPDX-License-Identifier: Apache-2.0
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/settings/page/KeyboardSection.h"
#include "ui/settings/page/SettingsPage.h"
#include "ui/shell/CommandIds.h"
#include "ui/shell/PageHost.h"

#include <QCheckBox>
#include <QComboBox>
#include <QKeySequenceEdit>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace pilothouse;

class SettingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void valuesSurviveARestart();
    void nonsenseInTheFileCountsAsNotSet();
    void pageChangesSettingsAndFollowsThem();
    void searchFindsWhatASectionSays();
    void keyIsChangedAndAConflictRefused();
    void everythingFocusableHasAName();
};

namespace {

/// A window with the settings as its third page.
std::unique_ptr<test::ShellFixture> makeShell()
{
    auto shell = std::make_unique<test::ShellFixture>();
    ui::PageSpec spec;
    spec.id = QStringLiteral("settings");
    spec.title = QStringLiteral("Settings");
    spec.icon = QStringLiteral("settings");
    spec.group = ui::NavGroup::Bottom;
    spec.make = [fixture =
                     shell.get()](const ui::PageContext& context, QWidget* parent) -> ui::Page* {
        return new ui::SettingsPage(
            context,
            {&fixture->profiles, &fixture->secrets, QStringLiteral("/data/local")},
            parent);
    };
    shell->addPage(std::move(spec));
    shell->window->setSession(shell->makeSession());
    shell->show();
    shell->window->pages().open(QStringLiteral("settings"));
    return shell;
}

template <typename T>
T* named(QWidget& root, const QString& name)
{
    for (T* candidate : root.findChildren<T*>()) {
        if (candidate->accessibleName() == name) {
            return candidate;
        }
    }
    return nullptr;
}

} // namespace

void SettingsTest::valuesSurviveARestart()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("s.ini"));
    {
        ui::Settings settings(path);
        QSignalSpy changes(&settings, &ui::Settings::changed);
        settings.setTheme(ui::ThemeChoice::HighContrast);
        settings.setTheme(ui::ThemeChoice::HighContrast);
        QCOMPARE(changes.count(), 1);
        settings.setTextScale(1000);
        settings.setDensity(ui::Density::Compact);
        settings.setTimeDisplay(ui::TimeDisplay::Local);
        settings.setReduceMotion(true);
        settings.setShortcut(QStringLiteral("a.b"), QKeySequence(Qt::CTRL | Qt::Key_J));
        settings.setLayout(QStringLiteral("x"), QByteArray("\0\1\xff", 3));
    }
    const ui::Settings settings(path);
    QCOMPARE(settings.theme(), ui::ThemeChoice::HighContrast);
    QCOMPARE(settings.textScale(), ui::Settings::kLargestTextScale);
    QCOMPARE(settings.density(), ui::Density::Compact);
    QCOMPARE(settings.timeDisplay(), ui::TimeDisplay::Local);
    QVERIFY(settings.reduceMotion());
    QCOMPARE(*settings.shortcut(QStringLiteral("a.b")), QKeySequence(Qt::CTRL | Qt::Key_J));
    QVERIFY(!settings.shortcut(QStringLiteral("c.d")).has_value());
    QCOMPARE(settings.layout(QStringLiteral("x")), QByteArray("\0\1\xff", 3));
}

void SettingsTest::nonsenseInTheFileCountsAsNotSet()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("s.ini"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("[appearance]\ntheme=pink\ntext-scale=abc\ndensity=\ntime=7\n[advanced]\nlog-level="
               "loud\n\xff\xfe");
    file.close();
    const ui::Settings settings(path);
    QCOMPARE(settings.theme(), ui::ThemeChoice::System);
    QCOMPARE(settings.textScale(), 100);
    QCOMPARE(settings.density(), ui::Density::Comfortable);
    QCOMPARE(settings.timeDisplay(), ui::TimeDisplay::Utc);
    QCOMPARE(settings.logLevel(), QStringLiteral("warning"));
}

void SettingsTest::pageChangesSettingsAndFollowsThem()
{
    const auto shell = makeShell();
    ui::Page& page = *shell->window->pages().page();
    auto* theme = named<QComboBox>(page, QStringLiteral("Theme"));
    QVERIFY(theme != nullptr);
    test::picture(*shell->window, QStringLiteral("settings-appearance"));
    theme->setFocus();
    QTest::keyClick(theme, Qt::Key_Down);
    QCOMPARE(shell->settings.theme(), ui::ThemeChoice::Light);
    shell->settings.setTheme(ui::ThemeChoice::Dark);
    QCOMPARE(theme->currentText(), QStringLiteral("Dark"));
    auto* motion = named<QCheckBox>(page, QStringLiteral("Reduce motion"));
    QTest::keyClick(motion, Qt::Key_Space);
    QVERIFY(shell->settings.reduceMotion());
    page.openObject(QStringLiteral("keyboard"));
    QCOMPARE(page.object(), QStringLiteral("keyboard"));
    test::picture(*shell->window, QStringLiteral("settings-keyboard"));
    page.openObject(QStringLiteral("about"));
    test::picture(*shell->window, QStringLiteral("settings-about"));
}

void SettingsTest::searchFindsWhatASectionSays()
{
    const auto shell = makeShell();
    ui::Page& page = *shell->window->pages().page();
    QVERIFY(page.focusFilter());
    QTest::keyClicks(
        named<QLineEdit>(page, QStringLiteral("Search settings")), QStringLiteral("log level"));
    QCOMPARE(page.object(), QStringLiteral("advanced"));
}

void SettingsTest::keyIsChangedAndAConflictRefused()
{
    const auto shell = makeShell();
    ui::CommandRegistry& commands = shell->window->commands();
    ui::KeyboardSection section(shell->theme, shell->settings, commands);
    auto* table = section.findChild<QTableView*>();
    auto* edit = section.findChild<QKeySequenceEdit*>();
    QPushButton* set = nullptr;
    for (auto* candidate : section.findChildren<QPushButton*>()) {
        set = candidate->text() == QStringLiteral("Set") ? candidate : set;
    }
    int row = -1;
    for (int index = 0; index < table->model()->rowCount(); ++index) {
        if (table->model()->index(index, 0).data().toString() ==
            QStringLiteral("Refresh the page")) {
            row = index;
        }
    }
    QVERIFY(row >= 0);
    table->selectRow(row);
    QCOMPARE(edit->keySequence(), QKeySequence(Qt::Key_F5));
    edit->setKeySequence(QKeySequence(Qt::CTRL | Qt::Key_K));
    QVERIFY(!set->isEnabled());
    edit->setKeySequence(QKeySequence(Qt::CTRL | Qt::Key_R));
    QVERIFY(set->isEnabled());
    set->click();
    QCOMPARE(commands.shortcut(ui::command::kRefresh), QKeySequence(Qt::CTRL | Qt::Key_R));
    QVERIFY(commands.action(ui::command::kRefresh)
                ->shortcuts()
                .contains(QKeySequence(Qt::CTRL | Qt::Key_R)));
}

void SettingsTest::everythingFocusableHasAName()
{
    const auto shell = makeShell();
    ui::Page& page = *shell->window->pages().page();
    for (const char* section : {"appearance", "connections", "keyboard", "advanced", "about"}) {
        page.openObject(QString::fromLatin1(section));
        QCOMPARE(test::unnamedFocusable(*shell->window), QStringList());
    }
}

PILOTHOUSE_UI_TEST_MAIN(SettingsTest)
#include "tst_settings.moc"
