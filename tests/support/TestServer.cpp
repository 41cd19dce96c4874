// SPDX-License-Identifier: Apache-2.0
#include "tests/support/TestServer.h"

#include "tests/support/Programs.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>

namespace pilothouse::test {

TestServer::TestServer() : TestServer(Options{}) {}

TestServer::TestServer(Options options)
    : m_options(std::move(options)),
      m_ownsFolder(m_options.folder.isEmpty()),
      m_folder(m_ownsFolder ? makeWorkFolder() : m_options.folder)
{}

TestServer::~TestServer()
{
    if (isRunning() && !stop()) {
        kill();
    }
    if (m_ownsFolder) {
        QDir(m_folder).removeRecursively();
    }
}

bool TestServer::start()
{
    QStringList arguments{
        QStringLiteral("run"),
        QStringLiteral("--data-dir"),
        dataDir(),
        QStringLiteral("--grpc-listen"),
        QStringLiteral("127.0.0.1:0"),
        QStringLiteral("--http-listen"),
        QStringLiteral("127.0.0.1:0")};
    if (!m_options.config.isEmpty()) {
        const QString path = m_folder + QStringLiteral("/pilothouse.toml");
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly)) {
            return false;
        }
        file.write(m_options.config.toUtf8());
        arguments << QStringLiteral("--config") << path;
    }
    arguments += m_options.extraArguments;
    m_process = std::make_unique<QProcess>();
    m_process->setStandardErrorFile(m_folder + QStringLiteral("/server.log"), QIODevice::Append);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("PILOTHOUSE_FAULTS"), m_options.faults);
    m_process->setProcessEnvironment(environment);
    m_process->start(programPath(QStringLiteral("pilothoused")), arguments);
    m_out.clear();
    static const QRegularExpression ready(
        QStringLiteral("ready grpc=(\\S+) http=(\\S+) socket=(\\S+)"));
    bool isReady = false;
    waitUntil(
        [&] {
            m_out += QString::fromUtf8(m_process->readAllStandardOutput());
            const auto match = ready.match(m_out);
            if (match.hasMatch()) {
                m_grpc = match.captured(1);
                m_http = match.captured(2);
                m_socket = match.captured(3);
                isReady = true;
            }
            return isReady || m_process->state() == QProcess::NotRunning;
        },
        m_options.startDeadlineMs);
    return isReady;
}

bool TestServer::stop(int deadlineMs)
{
    if (!isRunning()) {
        return false;
    }
    m_process->terminate();
    return m_process->waitForFinished(deadlineMs) &&
           m_process->exitStatus() == QProcess::NormalExit && m_process->exitCode() == 0;
}

void TestServer::kill()
{
    if (m_process) {
        m_process->kill();
        m_process->waitForFinished(5000);
    }
}

bool TestServer::isRunning() const
{
    return m_process && m_process->state() != QProcess::NotRunning;
}

qint64 TestServer::pid() const
{
    return m_process ? m_process->processId() : 0;
}

QString TestServer::log() const
{
    QFile file(m_folder + QStringLiteral("/server.log"));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) + m_out : m_out;
}

} // namespace pilothouse::test
