// SPDX-License-Identifier: Apache-2.0
#include "tests/support/Programs.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTest>
#include <QUuid>

#include <unistd.h>

#include <mutex>

namespace pilothouse::test {

namespace {

/// What this process made, and whatever its test forgot, goes with it.
class WorkFolders
{
public:
    ~WorkFolders()
    {
        // A forked child that exits is not the one that made them.
        if (::getpid() == m_owner) {
            for (const QString& path : std::as_const(m_paths)) {
                QDir(path).removeRecursively();
            }
        }
    }

    void add(const QString& path)
    {
        const std::lock_guard lock(m_mutex);
        m_paths.append(path);
    }

private:
    const pid_t m_owner = ::getpid();
    std::mutex m_mutex;
    QStringList m_paths;
};

} // namespace

bool waitUntil(const std::function<bool()>& condition, int deadlineMs)
{
    return QTest::qWaitFor(condition, deadlineMs);
}

QString programPath(const QString& name)
{
    return qEnvironmentVariable("PILOTHOUSE_BIN_DIR") + QLatin1Char('/') + name;
}

ProgramResult runProgram(const QString& name, const QStringList& arguments, int deadlineMs)
{
    QProcess process;
    process.start(programPath(name), arguments);
    ProgramResult result;
    if (!process.waitForFinished(deadlineMs)) {
        result.err = QStringLiteral("did not end: ") + process.errorString();
        process.kill();
        process.waitForFinished(5000);
    } else if (process.exitStatus() == QProcess::NormalExit) {
        result.exitCode = process.exitCode();
    }
    result.out = QString::fromUtf8(process.readAllStandardOutput());
    result.err += QString::fromUtf8(process.readAllStandardError());
    return result;
}

QString makeWorkFolder()
{
    QString path = QDir::tempPath() + QStringLiteral("/ph-") +
                   QUuid::createUuid().toString(QUuid::Id128).left(10);
    QDir().mkpath(path);
    QFile::setPermissions(
        path,
        QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner |
            QFileDevice::ReadGroup | QFileDevice::ExeGroup | QFileDevice::ReadOther |
            QFileDevice::ExeOther);
    static WorkFolders made;
    made.add(path);
    return path;
}

} // namespace pilothouse::test
