// SPDX-License-Identifier: Apache-2.0
// The real console in a real X server: as a user starts it. With PILOTHOUSE_PICTURES set to a
// folder, what was on the screen is kept there.
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"

#include <QDir>
#include <QElapsedTimer>
#include <QImage>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <csignal>

using namespace pilothouse;

namespace {

constexpr int kPatienceMs = 60000;
/// After the window got the keyboard, and after a key: what it usually needs to answer.
constexpr int kKeyMs = 1000;
/// Fill of the band (ui.md 2.3): what a server without an environment of its own is shown as.
const QColor kLocalFill(0x4D, 0x5B, 0x69);

} // namespace

class ConsoleTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void init();
    void cleanup();

    void versionAndUsage_data();
    void versionAndUsage();
    void opensTheConnectionManagerFirst();
    void connectsToAServerAndEndsCleanly();
    void localWorkspaceStartsAndStopsWithTheConsole();
    void secondStartHandsOver();

private:
    std::unique_ptr<QProcess> startConsole(const QStringList& arguments);
    QImage screen(const QString& name);
    bool screenShows(const QColor& color, const QString& name);
    /// Whether the console still runs, and what it logged: why its window is not there.
    QByteArray account(const QProcess& console) const;
    /// SIGTERM would end it hard; a user closes its window.
    bool closeWindow(QProcess& console);

    QProcess m_display;
    QString m_displayName;
    QString m_folder;
};

void ConsoleTest::initTestCase()
{
    for (const char* tool : {"Xvfb", "xdotool", "import"}) {
        if (QStandardPaths::findExecutable(QString::fromLatin1(tool)).isEmpty()) {
            QSKIP(qPrintable(QStringLiteral("%1 is not installed").arg(QString::fromLatin1(tool))));
        }
    }
    // -displayfd 1: the server chooses a free display and says which. -noreset: without it the
    // display starts anew whenever its last window goes, and a console that comes in that moment
    // finds none.
    m_display.start(
        QStringLiteral("Xvfb"),
        {QStringLiteral("-displayfd"),
         QStringLiteral("1"),
         QStringLiteral("-screen"),
         QStringLiteral("0"),
         QStringLiteral("1440x900x24"),
         QStringLiteral("-noreset"),
         QStringLiteral("-nolisten"),
         QStringLiteral("tcp")});
    QByteArray said;
    QVERIFY(test::waitUntil(
        [&] {
            said += m_display.readAllStandardOutput();
            return said.endsWith('\n');
        },
        kPatienceMs));
    m_displayName = QLatin1Char(':') + QString::fromLatin1(said.trimmed());
}

void ConsoleTest::cleanupTestCase()
{
    m_display.terminate();
    m_display.waitForFinished(5000);
}

void ConsoleTest::init()
{
    m_folder = test::makeWorkFolder();
}

void ConsoleTest::cleanup()
{
    QDir(m_folder).removeRecursively();
}

std::unique_ptr<QProcess> ConsoleTest::startConsole(const QStringList& arguments)
{
    auto console = std::make_unique<QProcess>();
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("DISPLAY"), m_displayName);
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("xcb"));
    environment.remove(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"));
    console->setProcessEnvironment(environment);
    console->setStandardErrorFile(m_folder + QStringLiteral("/console.log"), QIODevice::Append);
    console->start(
        test::programPath(QStringLiteral("pilothouse")),
        QStringList{QStringLiteral("--profile-dir"), m_folder + QStringLiteral("/profile")} +
            arguments);
    return console;
}

QImage ConsoleTest::screen(const QString& name)
{
    const QString kept = qEnvironmentVariable("PILOTHOUSE_PICTURES");
    const QString file =
        (kept.isEmpty() ? m_folder : kept) + QLatin1Char('/') + name + QStringLiteral(".png");
    QProcess grab;
    grab.start(
        QStringLiteral("import"),
        {QStringLiteral("-display"),
         m_displayName,
         QStringLiteral("-window"),
         QStringLiteral("root"),
         file});
    grab.waitForFinished(kPatienceMs);
    return QImage(file);
}

bool ConsoleTest::screenShows(const QColor& color, const QString& name)
{
    return test::waitUntil(
        [&] {
            const QImage image = screen(name);
            // The band is the first thing of the window, wherever the window is.
            for (int y = 0; y < image.height(); y += 5) {
                for (int x = 0; x < image.width(); x += 5) {
                    if (image.pixelColor(x, y) == color) {
                        return true;
                    }
                }
            }
            return false;
        },
        kPatienceMs);
}

QByteArray ConsoleTest::account(const QProcess& console) const
{
    QFile log(m_folder + QStringLiteral("/console.log"));
    const QByteArray said = log.open(QIODevice::ReadOnly) ? log.readAll() : QByteArray();
    if (console.state() != QProcess::NotRunning) {
        return "the console runs; it said: " + said;
    }
    return "the console ended with " + QByteArray::number(console.exitCode()) +
           "; it said: " + said;
}

bool ConsoleTest::closeWindow(QProcess& console)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("DISPLAY"), m_displayName);
    QElapsedTimer sinceStart;
    sinceStart.start();
    // No window manager runs here that would give the window the keyboard, and a key that comes
    // before the window knows that it has it is lost: hence again until it is obeyed.
    while (console.state() != QProcess::NotRunning && sinceStart.elapsed() < kPatienceMs) {
        for (const QStringList& wish :
             {QStringList{QStringLiteral("windowfocus")},
              QStringList{QStringLiteral("key"), QStringLiteral("ctrl+q")}}) {
            QProcess keys;
            keys.setProcessEnvironment(environment);
            const QStringList window{
                QStringLiteral("search"),
                QStringLiteral("--onlyvisible"),
                QStringLiteral("--class"),
                QStringLiteral("pilothouse")};
            keys.start(QStringLiteral("xdotool"), wish.size() == 1 ? window + wish : wish);
            keys.waitForFinished(kKeyMs);
            console.waitForFinished(kKeyMs);
        }
    }
    return console.state() == QProcess::NotRunning &&
           console.exitStatus() == QProcess::NormalExit && console.exitCode() == 0;
}

void ConsoleTest::versionAndUsage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("says");
    QTest::newRow("version") << QStringList{QStringLiteral("--version")} << 0 << "pilothouse 0.";
    QTest::newRow("help") << QStringList{QStringLiteral("--help")} << 0 << "--connect";
    QTest::newRow("unknown") << QStringList{QStringLiteral("--frobnicate")} << 2
                             << "unknown argument '--frobnicate'";
    QTest::newRow("no value") << QStringList{QStringLiteral("--connect")} << 2
                              << "--connect needs a value";
    QTest::newRow("two wishes")
        << QStringList{QStringLiteral("--local"), QStringLiteral("--connect"), QStringLiteral("a:1")}
        << 2 << "choose one of";
    QTest::newRow("bad link") << QStringList{QStringLiteral("pilothouse:///x")} << 2
                              << "names no environment";
}

void ConsoleTest::versionAndUsage()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, exitCode);
    QFETCH(QString, says);
    const auto result = test::runProgram(QStringLiteral("pilothouse"), arguments);
    QCOMPARE(result.exitCode, exitCode);
    QVERIFY2((result.out + result.err).contains(says), qPrintable(result.out + result.err));
}

void ConsoleTest::opensTheConnectionManagerFirst()
{
    const auto console = startConsole({});
    QVERIFY2(
        screenShows(kLocalFill, QStringLiteral("e2e-first-run")), account(*console).constData());
    QVERIFY(closeWindow(*console));
}

void ConsoleTest::connectsToAServerAndEndsCleanly()
{
    test::TestServer server;
    QVERIFY2(server.start(), qPrintable(server.log()));
    const auto console = startConsole({QStringLiteral("--connect"), server.socketAddress()});
    QVERIFY2(
        screenShows(kLocalFill, QStringLiteral("e2e-connected")), account(*console).constData());
    QCOMPARE(console->state(), QProcess::Running);
    QVERIFY(closeWindow(*console));
    QVERIFY(server.isRunning());
}

void ConsoleTest::localWorkspaceStartsAndStopsWithTheConsole()
{
    const auto console = startConsole({QStringLiteral("--local")});
    const QString socket = m_folder + QStringLiteral("/profile/local/pilothouse.sock");
    QVERIFY(test::waitUntil([&] { return QFile::exists(socket); }, kPatienceMs));
    QVERIFY2(screenShows(kLocalFill, QStringLiteral("e2e-local")), account(*console).constData());
    QVERIFY(closeWindow(*console));
    QVERIFY(test::waitUntil([&] { return !QFile::exists(socket); }, kPatienceMs));
}

void ConsoleTest::secondStartHandsOver()
{
    const auto first = startConsole({});
    QVERIFY2(screenShows(kLocalFill, QStringLiteral("e2e-hand-over")), account(*first).constData());
    const auto second = startConsole({});
    QVERIFY(second->waitForFinished(kPatienceMs));
    QCOMPARE(second->exitCode(), 0);
    QCOMPARE(first->state(), QProcess::Running);
    QVERIFY(closeWindow(*first));
}

QTEST_GUILESS_MAIN(ConsoleTest)
#include "tst_console.moc"
