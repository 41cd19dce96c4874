// SPDX-License-Identifier: Apache-2.0
#include "server/platform/haproxy/RuntimeSocket.h"
#include "server/platform/haproxy/RuntimeText.h"
#include "server/platform/process/DurableFile.h"
#include "shared/base/Clock.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::haproxy;

namespace {

constexpr const char* kHead =
    "# pxname,svname,qcur,scur,status,chkdown,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,"
    "hrsp_other,addr,\n";

} // namespace

class TestHaproxyText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void statisticsGoByTheirHeader()
    {
        const auto rows = parseStat(
            std::string(kHead) +
            "blue,b1,0,3,UP 1/2,4,,,,,,,127.0.0.1:1,\n"
            "blue,BACKEND,2,3,UP,,1,10,2,3,4,5,,\n\n" +
            kHead + "green,g1,,,DOWN,1,,,,,,,127.0.0.1:2,\n\n");
        QVERIFY(rows.ok());
        QCOMPARE(rows->size(), std::size_t(3));
        const StatRow& server = rows->at(0);
        QVERIFY(server.isServer() && server.isUp());
        QCOMPARE(server.current, std::int64_t(3));
        QCOMPARE(server.timesDown, std::int64_t(4));
        QCOMPARE(server.address, std::string("127.0.0.1:1"));
        const StatRow& backend = rows->at(1);
        QVERIFY(!backend.isServer());
        QCOMPARE(backend.responses, std::int64_t(25));
        QCOMPARE(backend.responses4xx, std::int64_t(3));
        QCOMPARE(backend.responses5xx, std::int64_t(4));
        QCOMPARE(backend.queued, std::int64_t(2));
        QVERIFY(!rows->at(2).isUp());
    }

    void backupsAreTold()
    {
        const auto rows = parseStat("# pxname,svname,status,act,bck,\n"
                                    "green,g1,UP,1,0,\n"
                                    "green,b1,UP,0,1,\n"
                                    "green,BACKEND,UP,1,1,\n");
        QVERIFY(rows.ok());
        QVERIFY(!rows->at(0).isBackup);
        QVERIFY(rows->at(1).isBackup);
        QVERIFY(!rows->at(2).isBackup);
    }

    void whatIsNoAnswerIsSaid_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("no header") << "blue,b1,0\n";
        QTest::newRow("an error") << "No such proxy.\n";
        QTest::newRow("one field") << QString(kHead) + "blue\n";
        QTest::newRow("binary") << QString(kHead) + QString("\x01\x02\n");
    }

    void whatIsNoAnswerIsSaid()
    {
        QFETCH(QString, text);
        QCOMPARE(parseStat(text.toStdString()).status().code(), absl::StatusCode::kDataLoss);
    }

    void countersThatAreTooLargeDoNotWrap()
    {
        const auto rows = parseStat(
            std::string(kHead) +
            "b,BACKEND,0,0,UP,,9223372036854775807,9223372036854775807,-5,x,1,,,\n");
        QVERIFY(rows.ok());
        QCOMPARE(rows->front().responses, INT64_MAX);
    }

    void mapsAreRead()
    {
        const auto shown = parseShownMap("0x55aa active blue\n0x55ab a  b c \n\n");
        QVERIFY(shown.ok());
        QCOMPARE(valueOf(*shown, "active"), std::string("blue"));
        QCOMPARE(valueOf(*shown, "a"), std::string("b c"));
        QCOMPARE(valueOf(*shown, "none"), std::string());
        QCOMPARE(parseShownMap("Unknown map\n").status().code(), absl::StatusCode::kDataLoss);
        const auto file = parseMapFile("# c\n\n active\tgreen \nx\n");
        QVERIFY(file.ok());
        QCOMPARE(file->size(), std::size_t(2));
        QCOMPARE(valueOf(*file, "active"), std::string("green"));
    }

    void entriesReplaceTheirLinesOnly()
    {
        const std::string before = "# who\nother x y\nactive blue\nactive old\nlast z";
        const std::string after = withEntries(before, {{"active", "green"}, {"preview", "blue"}});
        QCOMPARE(
            QString::fromStdString(after),
            QString("# who\nother x y\nactive green\nlast z\npreview blue\n"));
        // Again, nothing changes.
        QCOMPARE(withEntries(after, {{"active", "green"}, {"preview", "blue"}}), after);
        QCOMPARE(withEntries("", {{"a", "b"}}), std::string("a b\n"));
    }

    void wordsThatWouldBeCommandsAreNone()
    {
        QVERIFY(isMapWord("checkout-2.4"));
        for (const char* bad : {"", "a b", "a;b", "#a", "a\n", "a\\b", "ä"}) {
            QVERIFY2(!isMapWord(bad), bad);
        }
    }

    void filesAreReplacedAtOnce()
    {
        const QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("a.map").toStdString();
        QCOMPARE(platform::readSmallFile(file).status().code(), absl::StatusCode::kNotFound);
        QVERIFY(platform::replaceFile(file, "one\n").ok());
        QFile::setPermissions(
            folder.filePath("a.map"), QFileDevice::ReadOwner | QFileDevice::WriteOwner);
        QVERIFY(platform::replaceFile(file, "two\n").ok());
        QCOMPARE(*platform::readSmallFile(file), std::string("two\n"));
        QCOMPARE(
            QFile::permissions(folder.filePath("a.map")) & QFileDevice::ReadOther,
            QFileDevice::Permissions());
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{"a.map"});
        const absl::Status nowhere =
            platform::replaceFile(folder.filePath("no/such.map").toStdString(), "x");
        QCOMPARE(nowhere.code(), absl::StatusCode::kNotFound);
    }

    void aSilentHaproxyIsNotWaitedForLongerThanSaid()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("s").toStdString();
        QCOMPARE(
            askRuntime(path, "show info", absl::Seconds(1)).status().code(),
            absl::StatusCode::kUnavailable);
        const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        QCOMPARE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
        QCOMPARE(::listen(listener, 1), 0);
        const auto answer = askRuntime(path, "show info", absl::Milliseconds(50));
        QCOMPARE(answer.status().code(), absl::StatusCode::kUnavailable);
        QVERIFY(answer.status().message().find("within 50ms") != std::string::npos);
        ::close(listener);
    }
};

QTEST_GUILESS_MAIN(TestHaproxyText)
#include "tst_haproxy_text.moc"
