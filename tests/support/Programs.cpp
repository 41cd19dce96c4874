// SPDX-License-Identifier: Apache-2.0
#include "tests/support/Programs.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTest>
#include <QUuid>

namespace pilothouse::test {

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
    return path;
}

} // namespace pilothouse::test
