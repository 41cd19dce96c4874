// SPDX-License-Identifier: Apache-2.0
// What pilothousectl reads and writes, without a server.
#include "app/cli/connect/CredentialStore.h"
#include "app/cli/input/TimeText.h"
#include "app/cli/output/Bytes.h"
#include "app/cli/output/ExitCode.h"
#include "app/cli/output/Json.h"
#include "app/cli/output/Table.h"
#include "app/cli/output/TextWidth.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::cli;

class TestCliText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void widths_data();
    void widths();
    void controlCharactersCannotReachTheTerminal();
    void tablesAlignAndShrink();
    void durations_data();
    void durations();
    void times_data();
    void times();
    void durationsForPeople();
    void jsonSaysWhatNumbersCannot();
    void exitCodes();
    void credentialsArePrivate();
    void bytes();
};

void TestCliText::widths_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("width");
    QTest::addColumn<QByteArray>("cutTo4");
    QTest::newRow("ascii") << QByteArray("hello") << 5 << QByteArray("hel…");
    QTest::newRow("short") << QByteArray("ab") << 2 << QByteArray("ab");
    QTest::newRow("umlaut") << QByteArray("größe") << 5 << QByteArray("grö…");
    QTest::newRow("wide") << QByteArray("東京都") << 6 << QByteArray("東…");
    QTest::newRow("combining") << QByteArray("e\xcc\x81tude") << 5 << QByteArray("e\xcc\x81tu…");
    QTest::newRow("emoji") << QByteArray("🚀🚀🚀") << 6 << QByteArray("🚀…");
    QTest::newRow("broken") << QByteArray("\xff\xfe") << 2 << QByteArray("\xff\xfe");
    QTest::newRow("empty") << QByteArray() << 0 << QByteArray();
}

void TestCliText::widths()
{
    QFETCH(QByteArray, text);
    QFETCH(int, width);
    QFETCH(QByteArray, cutTo4);
    QCOMPARE(static_cast<int>(displayWidth(text.toStdString())), width);
    const QByteArray cut = QByteArray::fromStdString(truncated(text.toStdString(), 4));
    QCOMPARE(cut, cutTo4);
    QVERIFY(displayWidth(cut.toStdString()) <= 4);
}

void TestCliText::controlCharactersCannotReachTheTerminal()
{
    QCOMPARE(
        QByteArray::fromStdString(printable("a\x1b[31mb\nc\td\x7f\xc2\x9b\xff!")),
        QByteArray("a\\x1b[31mb\\nc\\td\\x7f\\x9b\xef\xbf\xbd!"));
    QCOMPARE(printable("größe 東京"), std::string("größe 東京"));
    // An overlong form of a control character is not UTF-8.
    QVERIFY(printable("\xc0\x9b").find('\x9b') == std::string::npos);
}

void TestCliText::tablesAlignAndShrink()
{
    Table table({{"NAME"}, {"N", Align::Right}, {"TEXT", Align::Left, true}});
    table.add({"größe", "7", "a long text that does not fit"});
    table.add({"東京", "1234", "short"});
    QCOMPARE(
        QString::fromStdString(table.text(0)),
        QStringLiteral("NAME      N  TEXT\n"
                       "größe     7  a long text that does not fit\n"
                       "東京   1234  short\n"));
    QCOMPARE(
        QString::fromStdString(table.text(24)),
        QStringLiteral("NAME      N  TEXT\n"
                       "größe     7  a long tex…\n"
                       "東京   1234  short\n"));
    // A line break in a cell cannot make a second row.
    Table evil({{"A"}});
    evil.add({"x\ny"});
    QCOMPARE(evil.text(0), std::string("A\nx\\ny\n"));
}

void TestCliText::durations_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<double>("seconds");
    QTest::newRow("seconds") << "15s" << 15.0;
    QTest::newRow("milliseconds") << "500ms" << 0.5;
    QTest::newRow("sum") << "1h30m" << 5400.0;
    QTest::newRow("fraction") << "1.5h" << 5400.0;
    QTest::newRow("day") << "2d" << 172800.0;
    QTest::newRow("week") << "1w" << 604800.0;
    QTest::newRow("bare") << "90" << 90.0;
    QTest::newRow("zero") << "0" << 0.0;
    for (const char* bad :
         {"",
          "s",
          "5x",
          "-5s",
          "5s5",
          "1e9999",
          "5 m",
          "1..5s",
          "inf",
          "nan",
          "0x10",
          "99999999999999999999d"}) {
        QTest::newRow(qPrintable(QStringLiteral("bad '%1'").arg(QLatin1String(bad))))
            << QString::fromLatin1(bad) << -1.0;
    }
}

void TestCliText::durations()
{
    QFETCH(QString, text);
    QFETCH(double, seconds);
    const auto duration = parseDuration(text.toStdString());
    QCOMPARE(duration.ok(), seconds >= 0);
    if (duration.ok()) {
        QCOMPARE(absl::ToDoubleSeconds(*duration), seconds);
    }
}

void TestCliText::times_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("unixMs");
    const qint64 now = 1700000000000;
    QTest::newRow("now") << "now" << now;
    QTest::newRow("before") << "-30m" << now - 1800000;
    QTest::newRow("after") << "+1s" << now + 1000;
    QTest::newRow("unix") << "1700000000" << now;
    QTest::newRow("unix fraction") << "1700000000.5" << now + 500;
    QTest::newRow("rfc 3339") << "2023-11-14T22:13:20Z" << now;
    QTest::newRow("rfc 3339 zone") << "2023-11-14T23:13:20+01:00" << now;
    QTest::newRow("rfc 3339 fraction") << "2023-11-14T22:13:20.25Z" << now + 250;
    QTest::newRow("plain") << "2023-11-14 22:13:20" << now;
    QTest::newRow("day") << "2023-11-14" << qint64(1699920000000);
    for (const char* bad :
         {"", "yesterday", "-", "-x", "2023-13-01", "2023-11-14T25:00:00Z", "--5m"}) {
        QTest::newRow(qPrintable(QStringLiteral("bad '%1'").arg(QLatin1String(bad))))
            << QString::fromLatin1(bad) << qint64(-1);
    }
}

void TestCliText::times()
{
    QFETCH(QString, text);
    QFETCH(qint64, unixMs);
    const auto time = parseTime(text.toStdString(), absl::FromUnixMillis(1700000000000));
    QCOMPARE(time.ok(), unixMs >= 0);
    if (time.ok()) {
        QCOMPARE(absl::ToUnixMillis(*time), unixMs);
    }
}

void TestCliText::durationsForPeople()
{
    QCOMPARE(shortDuration(absl::Hours(76)), std::string("3 d 4 h"));
    QCOMPARE(shortDuration(absl::Minutes(125)), std::string("2 h 5 min"));
    QCOMPARE(shortDuration(absl::Seconds(725)), std::string("12 min 5 s"));
    QCOMPARE(shortDuration(absl::Milliseconds(4200)), std::string("4.2 s"));
    QCOMPARE(shortDuration(absl::Milliseconds(12)), std::string("12 ms"));
    QCOMPARE(shortDuration(absl::Microseconds(120)), std::string("0.12 ms"));
    QCOMPARE(shortTime(absl::InfinitePast()), std::string("-"));
    const absl::Time now = absl::FromUnixSeconds(1700000000);
    QCOMPARE(sinceText(now - absl::Seconds(4), now), std::string("4.0 s ago"));
    QCOMPARE(sinceText(now + absl::Hours(11), now), std::string("in 11 h 0 min"));
    QCOMPARE(sinceText(absl::InfiniteFuture(), now), std::string("never"));
}

void TestCliText::jsonSaysWhatNumbersCannot()
{
    QCOMPARE(jsonValue(std::nan("")).dump(), std::string("\"NaN\""));
    QCOMPARE(jsonValue(INFINITY).dump(), std::string("\"+Inf\""));
    QCOMPARE(jsonValue(-INFINITY).dump(), std::string("\"-Inf\""));
    QCOMPARE(jsonValue(1.5).dump(), std::string("1.5"));
    QCOMPARE(jsonTime(absl::InfinitePast()).dump(), std::string("null"));
    QCOMPARE(
        jsonTime(absl::FromUnixMillis(1700000000250)).dump(),
        std::string("\"2023-11-14T22:13:20.250Z\""));
}

void TestCliText::exitCodes()
{
    QCOMPARE(exitCodeOf(absl::OkStatus()), ExitCode::Done);
    QCOMPARE(exitCodeOf(absl::InternalError("")), ExitCode::Failed);
    QCOMPARE(exitCodeOf(absl::InvalidArgumentError("")), ExitCode::Usage);
    QCOMPARE(exitCodeOf(absl::NotFoundError("")), ExitCode::NotFound);
    QCOMPARE(exitCodeOf(absl::PermissionDeniedError("")), ExitCode::Denied);
    QCOMPARE(exitCodeOf(absl::UnauthenticatedError("")), ExitCode::Denied);
    QCOMPARE(exitCodeOf(absl::UnavailableError("")), ExitCode::Unreachable);
    QCOMPARE(exitCodeOf(absl::DeadlineExceededError("")), ExitCode::Unreachable);
}

void TestCliText::credentialsArePrivate()
{
    QTemporaryDir folder;
    const CredentialStore store(folder.path().toStdString() + "/a/b");
    const std::string server = "unix:/tmp/../x y/ü.sock";
    QCOMPARE(*store.token(server), std::string());
    QVERIFY(store.saveToken(server, "secret").ok());
    QVERIFY(store.saveToken("other:1", "different").ok());
    QCOMPARE(*store.token(server), std::string("secret"));
    QVERIFY(store.savePin(server, "abcd").ok());
    QCOMPARE(*store.pin(server), std::string("abcd"));
    // One folder, directly below: an address cannot climb out.
    QCOMPARE(
        store.folderOf(server).parent_path(),
        std::filesystem::path(folder.path().toStdString() + "/a/b"));
    QFile token(QString::fromStdString((store.folderOf(server) / "token").string()));
    QCOMPARE(
        int(token.permissions() & 0x0777),
        int(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadUser | QFile::WriteUser) & 0x0777);
    token.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup);
    QVERIFY(absl::IsPermissionDenied(store.token(server).status()));
    QVERIFY(store.removeToken(server).ok());
    QVERIFY(store.removeToken(server).ok());
    QCOMPARE(*store.token(server), std::string());
    QCOMPARE(*store.token("other:1"), std::string("different"));
}

void TestCliText::bytes()
{
    QCOMPARE(bytesText(0), std::string("0 B"));
    QCOMPARE(bytesText(1023), std::string("1023 B"));
    QCOMPARE(bytesText(1536), std::string("1.5 KiB"));
    QCOMPARE(bytesText(std::int64_t(3) << 30), std::string("3.0 GiB"));
}

QTEST_GUILESS_MAIN(TestCliText)
#include "tst_cli_text.moc"
