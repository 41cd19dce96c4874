// SPDX-License-Identifier: Apache-2.0
#include "tests/support/api/Psql.h"

#include <QFile>
#include <QProcess>

namespace pilothouse::test {

namespace {

/// The folder of the postmaster's socket stands in the fifth line of its pid file.
QString socketFolder(const TestServer& server)
{
    QFile file(server.dataDir() + QStringLiteral("/postgres/data/postmaster.pid"));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    return QString::fromUtf8(file.readAll().split('\n').value(4)).trimmed();
}

} // namespace

SqlResult runSql(const TestServer& server, const QString& sql)
{
    QProcess psql;
    psql.start(
        QStringLiteral("psql"),
        {QStringLiteral("--no-psqlrc"),
         QStringLiteral("--tuples-only"),
         QStringLiteral("--no-align"),
         QStringLiteral("--set=ON_ERROR_STOP=1"),
         QStringLiteral("--host=") + socketFolder(server),
         QStringLiteral("--username=pilothouse"),
         QStringLiteral("--dbname=pilothouse"),
         QStringLiteral("--command=") + sql});
    const bool ended = psql.waitForFinished(20000);
    const QString errors = QString::fromUtf8(psql.readAllStandardError());
    if (!ended || psql.exitStatus() != QProcess::NormalExit || psql.exitCode() != 0) {
        return {false, errors.isEmpty() ? psql.errorString() : errors};
    }
    return {true, QString::fromUtf8(psql.readAllStandardOutput()).trimmed()};
}

} // namespace pilothouse::test
