// SPDX-License-Identifier: Apache-2.0
// Installs the .deb packages in a clean Debian root, uses them there, and removes them again.
#include "tests/support/Programs.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <unistd.h>

using namespace pilothouse::test;

namespace {

constexpr int kMinutes = 60 * 1000;

struct Outcome
{
    int exitCode = -1;
    QString text;
};

Outcome runCommand(const QString& program, const QStringList& arguments, int deadlineMs)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    Outcome outcome;
    if (!process.waitForFinished(deadlineMs)) {
        process.kill();
        process.waitForFinished(5000);
        outcome.text = QStringLiteral("did not end in time\n");
    } else if (process.exitStatus() == QProcess::NormalExit) {
        outcome.exitCode = process.exitCode();
    }
    outcome.text += QString::fromUtf8(process.readAll()).right(3000);
    return outcome;
}

QString debianMirror()
{
    return QStringLiteral("http://deb.debian.org/debian");
}

} // namespace

class PackagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void installs();
    void programsTellTheirVersion_data();
    void programsTellTheirVersion();
    void statusAgainstTheInstalledServer();
    void removesAndPurges();

private:
    Outcome inRoot(const QStringList& command, int deadlineMs = 2 * kMinutes)
    {
        return runCommand(
            QStringLiteral("chroot"),
            QStringList{
                m_root,
                QStringLiteral("/usr/bin/env"),
                QStringLiteral("DEBIAN_FRONTEND=noninteractive"),
                QStringLiteral("LC_ALL=C.UTF-8"),
                QStringLiteral("PATH=/usr/sbin:/usr/bin:/sbin:/bin")} +
                command,
            deadlineMs);
    }
    void unmount();

    QString m_root;
    QStringList m_packages;
    bool m_mounted = false;
};

void PackagesTest::initTestCase()
{
    if (QStandardPaths::findExecutable(QStringLiteral("debootstrap")).isEmpty()) {
        QSKIP("debootstrap is not installed, so there is no clean root to install into");
    }
    if (::geteuid() != 0) {
        QSKIP("only root can make a clean root with debootstrap");
    }
    const QString build = qEnvironmentVariable("PILOTHOUSE_BUILD_DIR");
    QDir(build + QStringLiteral("/packages")).removeRecursively();
    const Outcome pack = runCommand(
        QStringLiteral("cpack"),
        {QStringLiteral("-G"),
         QStringLiteral("DEB"),
         QStringLiteral("--config"),
         build + QStringLiteral("/CPackConfig.cmake"),
         QStringLiteral("-B"),
         build + QStringLiteral("/packages")},
        5 * kMinutes);
    QVERIFY2(pack.exitCode == 0, qPrintable(pack.text));
    m_packages = QDir(build + QStringLiteral("/packages"))
                     .entryList({QStringLiteral("pilothouse-*.deb")}, QDir::Files);
    QCOMPARE(m_packages.size(), 3);

    m_root = makeWorkFolder();
    const Outcome root = runCommand(
        QStringLiteral("debootstrap"),
        {QStringLiteral("--variant=minbase"), QStringLiteral("bookworm"), m_root, debianMirror()},
        5 * kMinutes);
    if (root.exitCode != 0) {
        QSKIP(qPrintable(QStringLiteral("debootstrap cannot make a root here: ") + root.text));
    }
    for (const QString& package : m_packages) {
        QVERIFY(QFile::copy(
            build + QStringLiteral("/packages/") + package, m_root + QLatin1Char('/') + package));
    }
    // What this host needs to reach its mirror, the root needs too.
    const QDir aptConf(QStringLiteral("/etc/apt/apt.conf.d"));
    for (const QString& file : aptConf.entryList(QDir::Files)) {
        QFile::copy(aptConf.filePath(file), m_root + QStringLiteral("/etc/apt/apt.conf.d/") + file);
    }
    QFile policy(m_root + QStringLiteral("/usr/sbin/policy-rc.d"));
    QVERIFY(policy.open(QIODevice::WriteOnly));
    policy.write("#!/bin/sh\nexit 101\n");
    policy.close();
    policy.setPermissions(policy.permissions() | QFileDevice::ExeOwner | QFileDevice::ExeOther);
    // A minimal root has no usable /dev/shm, which PostgreSQL needs.
    const Outcome sharedMemory = runCommand(
        QStringLiteral("install"),
        {QStringLiteral("-d"),
         QStringLiteral("-m"),
         QStringLiteral("1777"),
         m_root + QStringLiteral("/dev/shm")},
        kMinutes);
    QVERIFY2(sharedMemory.exitCode == 0, qPrintable(sharedMemory.text));
    m_mounted = runCommand(
                    QStringLiteral("mount"),
                    {QStringLiteral("-t"),
                     QStringLiteral("proc"),
                     QStringLiteral("proc"),
                     m_root + QStringLiteral("/proc")},
                    kMinutes)
                    .exitCode == 0;
    if (!m_mounted) {
        QSKIP("mounting /proc in the clean root is not allowed here");
    }
}

void PackagesTest::unmount()
{
    if (m_mounted) {
        runCommand(QStringLiteral("umount"), {m_root + QStringLiteral("/proc")}, kMinutes);
        m_mounted = false;
    }
}

void PackagesTest::cleanupTestCase()
{
    unmount();
    // Never follow a mount that could not be undone.
    if (!m_root.isEmpty() && !QFile::exists(m_root + QStringLiteral("/proc/self"))) {
        runCommand(QStringLiteral("rm"), {QStringLiteral("-rf"), m_root}, kMinutes);
    }
}

void PackagesTest::installs()
{
    const Outcome update = inRoot({QStringLiteral("apt-get"), QStringLiteral("update")});
    QVERIFY2(update.exitCode == 0, qPrintable(update.text));
    QStringList command{
        QStringLiteral("apt-get"),
        QStringLiteral("install"),
        QStringLiteral("-y"),
        QStringLiteral("--no-install-recommends")};
    for (const QString& package : m_packages) {
        command << QStringLiteral("/") + package;
    }
    const Outcome install = inRoot(command, 10 * kMinutes);
    QVERIFY2(install.exitCode == 0, qPrintable(install.text));
}

void PackagesTest::programsTellTheirVersion_data()
{
    QTest::addColumn<QString>("program");
    QTest::newRow("server") << QStringLiteral("pilothoused");
    QTest::newRow("command line") << QStringLiteral("pilothousectl");
    QTest::newRow("console") << QStringLiteral("pilothouse");
}

void PackagesTest::programsTellTheirVersion()
{
    QFETCH(QString, program);
    const Outcome version =
        inRoot({QStringLiteral("QT_QPA_PLATFORM=offscreen"), program, QStringLiteral("--version")});
    QVERIFY2(version.exitCode == 0, qPrintable(version.text));
    QVERIFY2(version.text.contains(QStringLiteral(PILOTHOUSE_VERSION)), qPrintable(version.text));
}

void PackagesTest::statusAgainstTheInstalledServer()
{
    const Outcome check = inRoot(
        {QStringLiteral("pilothoused"),
         QStringLiteral("check-config"),
         QStringLiteral("/etc/pilothouse/pilothouse.toml")});
    QVERIFY2(check.exitCode == 0, qPrintable(check.text));

    // As systemd would start it: the packaged account, configuration and data directory.
    QProcess server;
    server.setProcessChannelMode(QProcess::MergedChannels);
    server.start(
        QStringLiteral("chroot"),
        {QStringLiteral("--userspec=pilothouse:pilothouse"),
         m_root,
         QStringLiteral("/usr/bin/env"),
         QStringLiteral("LC_ALL=C.UTF-8"),
         QStringLiteral("PATH=/usr/bin:/bin"),
         QStringLiteral("pilothoused"),
         QStringLiteral("run"),
         QStringLiteral("--data-dir"),
         QStringLiteral("/var/lib/pilothouse"),
         QStringLiteral("--config"),
         QStringLiteral("/etc/pilothouse/pilothouse.toml"),
         QStringLiteral("--grpc-listen"),
         QStringLiteral("127.0.0.1:0"),
         QStringLiteral("--http-listen"),
         QStringLiteral("127.0.0.1:0")});
    QByteArray out;
    const bool ready = waitUntil(
        [&] {
            out += server.readAll();
            return out.contains("ready grpc=") || server.state() == QProcess::NotRunning;
        },
        kMinutes);
    QVERIFY2(ready && server.state() == QProcess::Running, out.right(3000).constData());
    const Outcome status = inRoot(
        {QStringLiteral("pilothousectl"),
         QStringLiteral("--server"),
         QStringLiteral("unix:/var/lib/pilothouse/pilothouse.sock"),
         QStringLiteral("status")});
    server.terminate();
    const bool stopped = server.waitForFinished(20000);
    QVERIFY2(status.exitCode == 0, qPrintable(status.text + QString::fromUtf8(out.right(2000))));
    QVERIFY(stopped);
    QCOMPARE(server.exitCode(), 0);
}

void PackagesTest::removesAndPurges()
{
    const QStringList names{
        QStringLiteral("pilothouse-server"),
        QStringLiteral("pilothouse-ctl"),
        QStringLiteral("pilothouse-console")};
    const Outcome remove = inRoot(
        QStringList{QStringLiteral("apt-get"), QStringLiteral("remove"), QStringLiteral("-y")} +
        names);
    QVERIFY2(remove.exitCode == 0, qPrintable(remove.text));
    QVERIFY2(
        QFile::exists(m_root + QStringLiteral("/var/lib/pilothouse/pg")) ||
            !QDir(m_root + QStringLiteral("/var/lib/pilothouse")).isEmpty(),
        "removing must keep the data");
    // Only the server leaves something to purge; the others are gone already.
    const Outcome purge = inRoot(
        {QStringLiteral("dpkg"), QStringLiteral("--purge"), QStringLiteral("pilothouse-server")});
    QVERIFY2(purge.exitCode == 0, qPrintable(purge.text));
    QStringList left;
    for (const char* folder : {"/usr", "/etc", "/lib", "/var/lib/pilothouse"}) {
        QDirIterator entries(
            m_root + QString::fromLatin1(folder),
            {QStringLiteral("*pilothouse*")},
            QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot,
            QDirIterator::Subdirectories);
        while (entries.hasNext()) {
            left << entries.next();
        }
    }
    QVERIFY2(left.isEmpty(), qPrintable(left.join(QLatin1Char('\n'))));
}

QTEST_GUILESS_MAIN(PackagesTest)
#include "tst_packages.moc"
