// SPDX-License-Identifier: Apache-2.0
// The parts of the shell that decide: texts of connection states, links, the palette's search,
// keys.
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/shell/CommandIds.h"
#include "ui/shell/DeepLink.h"
#include "ui/shell/FuzzyMatch.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/PaletteModel.h"

#include <QAbstractItemModelTester>
#include <QTest>

#include <ctime>
#include <set>

using namespace pilothouse;
using client::ConnectionState;

Q_DECLARE_METATYPE(pilothouse::client::ConnectionStatus)

namespace {

double cpuMs()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1000 + static_cast<double>(time.tv_nsec) / 1e6;
}

client::ConnectionStatus statusOf(ConnectionState state)
{
    client::ConnectionStatus status;
    status.state = state;
    status.since = test::StoppedClock().time - absl::Seconds(2);
    return status;
}

} // namespace

class ShellPartsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyStateHasGlyphSentenceAndColour_data();
    void everyStateHasGlyphSentenceAndColour();
    void noTwoStatesLookTheSame();
    void trustIsSaidInWords();
    void linksComeBackAsTheyWent_data();
    void linksComeBackAsTheyWent();
    void badLinksAreRefused_data();
    void badLinksAreRefused();
    void typedInAHurryFindsTheRightThing_data();
    void typedInAHurryFindsTheRightThing();
    void paletteSearchesFiveThousandEntriesInAFrame();
    void recentComesFirstWhenNothingIsTyped();
    void keysCanBeChangedAndConflictsAreFound();
    void aPagesKeyGoesBeforeTheWindows();
    void disabledCommandsSayWhyAndDoNotRun();
};

void ShellPartsTest::everyStateHasGlyphSentenceAndColour_data()
{
    QTest::addColumn<client::ConnectionStatus>("status");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("action");
    const absl::Time now = test::StoppedClock().time;
    const auto row = [](const char* name,
                        const client::ConnectionStatus& status,
                        const char* text,
                        const char* action) {
        QTest::newRow(name) << status << QString::fromUtf8(text) << QString::fromUtf8(action);
    };
    row("disconnected", statusOf(ConnectionState::Disconnected), "Not connected", "Connect");
    row("connecting",
        statusOf(ConnectionState::Connecting),
        "Connecting to ops.example.net:7443… 2 s",
        "Cancel");
    row("awaiting trust",
        statusOf(ConnectionState::AwaitingTrust),
        "Certificate not trusted",
        "Review");
    row("authenticating", statusOf(ConnectionState::Authenticating), "Signing in as dana…", "");
    row("syncing", statusOf(ConnectionState::Syncing), "Loading state…", "");
    auto live = statusOf(ConnectionState::Live);
    live.roundTrip = absl::Microseconds(11'700);
    row("live", live, "Live · 12 ms", "");
    live.roundTrip = absl::Microseconds(300);
    row("live nearby", live, "Live · < 1 ms", "");
    auto degraded = statusOf(ConnectionState::Degraded);
    degraded.behind = absl::Milliseconds(2400);
    row("degraded", degraded, "Live · 2.4 s behind", "");
    auto lost = statusOf(ConnectionState::Reconnecting);
    lost.lastLive = now - absl::Seconds(2);
    lost.attempt = 3;
    lost.nextAttempt = now + absl::Seconds(4);
    row("reconnecting", lost, "Connection lost 14:29:58 · retry 3 in 4 s", "Retry now");
    auto never = statusOf(ConnectionState::Reconnecting);
    never.attempt = 1;
    row("never connected", never, "No connection since 14:29:58", "Retry now");
    auto incompatible = statusOf(ConnectionState::Incompatible);
    incompatible.server = system::ServerInfo{};
    incompatible.server->version = "3.1.0";
    incompatible.server->minimumConsoleVersion = "2.4";
    row("incompatible", incompatible, "Server 3.1.0 needs console ≥ 2.4", "Details");
    row("signed out", statusOf(ConnectionState::SignedOut), "Not signed in", "Sign in");
    auto ended = statusOf(ConnectionState::SignedOut);
    ended.lastLive = now;
    row("session ended", ended, "Session ended", "Sign in");
}

void ShellPartsTest::everyStateHasGlyphSentenceAndColour()
{
    QFETCH(client::ConnectionStatus, status);
    QFETCH(QString, text);
    QFETCH(QString, action);
    const ui::ConnectionText shown = ui::describeConnection(
        status, test::ShellFixture::profile(), test::StoppedClock().time, ui::TimeDisplay::Utc);
    QCOMPARE(shown.text, text);
    QCOMPARE(shown.actionText, action);
    QCOMPARE(shown.action == ui::ConnectionAction::None, action.isEmpty());
    QVERIFY(QFile::exists(QStringLiteral(":/pilothouse/icons/%1.svg").arg(shown.icon)));
}

void ShellPartsTest::noTwoStatesLookTheSame()
{
    std::set<QString> icons;
    for (int state = 0; state <= static_cast<int>(ConnectionState::SignedOut); ++state) {
        icons.insert(ui::describeConnection(
                         statusOf(static_cast<ConnectionState>(state)),
                         test::ShellFixture::profile(),
                         test::StoppedClock().time,
                         ui::TimeDisplay::Utc)
                         .icon);
    }
    QCOMPARE(icons.size(), std::size_t(10));
}

void ShellPartsTest::trustIsSaidInWords()
{
    auto profile = test::ShellFixture::profile();
    client::ConnectionStatus status;
    QCOMPARE(ui::trustText(profile, status), QStringLiteral("TLS"));
    profile.pinnedFingerprint = QString(64, QLatin1Char('a'));
    QCOMPARE(ui::trustText(profile, status), QStringLiteral("TLS, pinned"));
    profile.caFile = QStringLiteral("/ca.pem");
    profile.clientCertificateFile = QStringLiteral("/c.pem");
    QCOMPARE(ui::trustText(profile, status), QStringLiteral("mTLS, CA verified"));
    status.state = ConnectionState::AwaitingTrust;
    QCOMPARE(ui::trustText(profile, status), QStringLiteral("mTLS, not trusted"));
    profile.address = QStringLiteral("unix:/run/p.sock");
    QCOMPARE(ui::trustText(profile, status), QStringLiteral("this computer"));
}

void ShellPartsTest::linksComeBackAsTheyWent_data()
{
    QTest::addColumn<QString>("environment");
    QTest::addColumn<QString>("object");
    QTest::addColumn<int>("time");
    QTest::newRow("page") << "eu-prod-1"
                          << "" << 0;
    QTest::newRow("object") << "eu-prod-1"
                            << "http_requests_total" << 1;
    QTest::newRow("odd signs") << "Zürich / prod ☂"
                               << "a/b?c=d&e#f%20" << 2;
    QTest::newRow("local") << "Local workspace"
                           << "x" << 2;
}

void ShellPartsTest::linksComeBackAsTheyWent()
{
    QFETCH(QString, environment);
    QFETCH(QString, object);
    QFETCH(int, time);
    ui::DeepLink link{environment, QStringLiteral("metrics"), object, std::nullopt};
    if (time == 1) {
        link.time = ui::TimeRange::lastOf(absl::Seconds(90));
    } else if (time == 2) {
        const absl::Time now = test::StoppedClock().time;
        link.time = ui::TimeRange::between(now - absl::Hours(3), now + absl::Milliseconds(7));
    }
    const auto parsed = ui::parseDeepLink(ui::toText(link));
    QVERIFY2(parsed.ok(), qPrintable(ui::toText(link)));
    QVERIFY(*parsed == link);
}

void ShellPartsTest::badLinksAreRefused_data()
{
    QTest::addColumn<QString>("link");
    QTest::newRow("empty") << "";
    QTest::newRow("other scheme") << "https://eu-prod-1/overview";
    QTest::newRow("no environment") << "pilothouse:///overview";
    QTest::newRow("too many parts") << "pilothouse://e/p/o/x";
    QTest::newRow("bad time") << "pilothouse://e/p?t=yesterday";
    QTest::newRow("backwards")
        << "pilothouse://e/p?t=2026-11-21T14:00:00.000Z..2026-11-21T13:00:00.000Z";
    QTest::newRow("endless") << "pilothouse://e/p?t=999999d";
    QTest::newRow("huge") << QStringLiteral("pilothouse://") + QString(100000, QLatin1Char('a'));
}

void ShellPartsTest::badLinksAreRefused()
{
    QFETCH(QString, link);
    QVERIFY(!ui::parseDeepLink(link).ok());
}

void ShellPartsTest::typedInAHurryFindsTheRightThing_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("better");
    QTest::addColumn<QString>("worse");
    QTest::newRow("beginning") << "ov"
                               << "overview"
                               << "remove an overlay";
    QTest::newRow("initials") << "sc"
                              << "switch connection"
                              << "describe a chart";
    QTest::newRow("run") << "time"
                         << "choose the time range"
                         << "switch it to a memo";
    QTest::newRow("short") << "back"
                           << "go back"
                           << "give the operator feedback on a change";
}

void ShellPartsTest::typedInAHurryFindsTheRightThing()
{
    QFETCH(QString, typed);
    QFETCH(QString, better);
    QFETCH(QString, worse);
    const auto good = ui::fuzzyScore(typed, better);
    const auto bad = ui::fuzzyScore(typed, worse);
    QVERIFY(good.has_value());
    QVERIFY(!bad || *good > *bad);
    QVERIFY(!ui::fuzzyScore(QStringLiteral("zzz"), better));
    QVERIFY(!ui::fuzzyScore(QStringLiteral("weivrevo"), QStringLiteral("overview")));
}

void ShellPartsTest::paletteSearchesFiveThousandEntriesInAFrame()
{
    constexpr int kEntries = 5000;
    constexpr double kFrameMs = 16;
    std::vector<ui::PaletteEntry> entries;
    for (int number = 0; number < kEntries; ++number) {
        ui::PaletteEntry entry;
        entry.section = number % 2 == 0 ? QStringLiteral("Actions") : QStringLiteral("Go to");
        entry.title =
            QStringLiteral("http_requests_duration_seconds_bucket of tenant %1").arg(number);
        entry.id = QString::number(number);
        entries.push_back(std::move(entry));
    }
    ui::PaletteModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setEntries(std::move(entries));
    model.search(QStringLiteral("warm up"));
    double worst = 0;
    for (const char* typed : {"", "h", "ht", "tenant 4999", "hrdsb", "4 9", "zzzz"}) {
        const double before = cpuMs();
        model.search(QString::fromLatin1(typed));
        worst = std::max(worst, cpuMs() - before);
    }
    qInfo("palette: worst search in %d entries %.2f ms CPU", kEntries, worst);
    QVERIFY2(worst <= kFrameMs, qPrintable(QString::number(worst)));
    model.search(QStringLiteral("tenant 4999"));
    QCOMPARE(model.entry(0)->id, QStringLiteral("4999"));
    QVERIFY(model.rowCount() <= static_cast<int>(ui::PaletteModel::kMostShown));
}

void ShellPartsTest::recentComesFirstWhenNothingIsTyped()
{
    ui::PaletteModel model;
    std::vector<ui::PaletteEntry> entries(3);
    for (std::size_t number = 0; number < entries.size(); ++number) {
        entries[number].section = QStringLiteral("Actions");
        entries[number].title = QStringLiteral("Entry %1").arg(number);
        entries[number].id = QString::number(number);
    }
    model.setEntries(entries);
    model.setRecent({QStringLiteral("2"), QStringLiteral("1")});
    model.search(QString());
    QCOMPARE(model.entry(0)->id, QStringLiteral("2"));
    QCOMPARE(model.entry(1)->id, QStringLiteral("1"));
    QCOMPARE(model.entry(2)->id, QStringLiteral("0"));
}

void ShellPartsTest::keysCanBeChangedAndConflictsAreFound()
{
    test::ShellFixture shell;
    ui::CommandRegistry& commands = shell.window->commands();
    QCOMPARE(commands.shortcut(ui::command::kPalette), QKeySequence(Qt::CTRL | Qt::Key_K));
    const ui::Command* other =
        commands.conflict(ui::command::kRefresh, QKeySequence(Qt::CTRL | Qt::Key_K));
    QVERIFY(other != nullptr);
    QCOMPARE(other->id, ui::command::kPalette);
    QVERIFY(
        commands.conflict(ui::command::kPalette, QKeySequence(Qt::CTRL | Qt::Key_K)) == nullptr);

    const QKeySequence own(Qt::CTRL | Qt::Key_J);
    shell.settings.setShortcut(ui::command::kPalette, own);
    QCOMPARE(commands.shortcut(ui::command::kPalette), own);
    QVERIFY(commands.action(ui::command::kPalette)->shortcuts().contains(own));
    ui::Settings again(shell.settings.path());
    shell.settings.setShortcut(ui::command::kQuit, QKeySequence());
    QVERIFY(commands.shortcut(ui::command::kQuit).isEmpty());
    shell.settings.resetAllShortcuts();
    QCOMPARE(commands.shortcut(ui::command::kPalette), QKeySequence(Qt::CTRL | Qt::Key_K));
    std::set<QString> keys;
    for (const ui::Command& command : commands.commands()) {
        const QString key = command.shortcut.toString();
        QVERIFY2(key.isEmpty() || keys.insert(key).second, qPrintable(command.id));
    }
}

void ShellPartsTest::aPagesKeyGoesBeforeTheWindows()
{
    test::ShellFixture shell;
    shell.window->setSession(shell.makeSession());
    shell.setState(client::ConnectionState::Live);
    shell.show();
    ui::CommandRegistry& commands = shell.window->commands();
    const QKeySequence key(Qt::CTRL | Qt::Key_E);
    QVERIFY(shell.window->pages().open(QStringLiteral("first")));
    QCOMPARE(commands.shortcut(ui::command::kExport), key);
    int ran = 0;
    ui::Command own;
    own.id = QStringLiteral("first.export");
    own.title = QStringLiteral("Export");
    own.shortcut = key;
    own.scope = QStringLiteral("first");
    own.run = [&] { ++ran; };
    commands.add(own);
    commands.refresh();
    QVERIFY(commands.shortcut(ui::command::kExport).isEmpty());
    QVERIFY(commands.action(ui::command::kExport)->shortcuts().isEmpty());
    QTest::keyClick(shell.window.get(), Qt::Key_E, Qt::ControlModifier);
    QCOMPARE(ran, 1);
    // Elsewhere the window has it again.
    QVERIFY(shell.window->pages().open(QStringLiteral("second")));
    QCOMPARE(commands.shortcut(ui::command::kExport), key);
    QVERIFY(commands.action(ui::command::kExport)->shortcuts().contains(key));
}

void ShellPartsTest::disabledCommandsSayWhyAndDoNotRun()
{
    test::ShellFixture shell;
    ui::CommandRegistry& commands = shell.window->commands();
    QString refusal;
    connect(
        &commands, &ui::CommandRegistry::refused, this, [&](const QString&, const QString& why) {
            refusal = why;
        });
    commands.run(ui::command::kRefresh);
    QCOMPARE(refusal, QStringLiteral("No page is open"));
    bool ran = false;
    ui::Command guarded;
    guarded.id = QStringLiteral("test.guarded");
    guarded.title = QStringLiteral("Guarded");
    guarded.permission = QStringLiteral("tenants.operate");
    guarded.run = [&] { ran = true; };
    commands.add(guarded);
    commands.setPermissionCheck([](const QString&) { return false; });
    commands.run(guarded.id);
    QVERIFY(!ran);
    QVERIFY(refusal.contains(QStringLiteral("tenants.operate")));
    commands.setPermissionCheck({});
    commands.setBlocked(QStringLiteral("Close the sheet first"));
    commands.run(guarded.id);
    QVERIFY(!ran);
    commands.setBlocked(QString());
    commands.run(guarded.id);
    QVERIFY(ran);
}

PILOTHOUSE_UI_TEST_MAIN(ShellPartsTest)
#include "tst_shell_parts.moc"
