// SPDX-License-Identifier: Apache-2.0
#include "tests/support/rollouts/OwnHaproxy.h"

#include "tests/support/rollouts/SideServer.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>

#include <csignal>
#include <unistd.h>
#include <utility>

namespace pilothouse::test {

namespace {

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QJsonObject json(const QString& path)
{
    return QJsonDocument::fromJson(contents(path)).object();
}

} // namespace

OwnHaproxy::OwnHaproxy(QString program, int mostInstances)
    : m_program(std::move(program)),
      m_live(freePorts(1)),
      m_preview(freePorts(1)),
      m_first(freePorts(2 * mostInstances))
{}

void OwnHaproxy::movePreview()
{
    m_preview = freePorts(1);
}

QString OwnHaproxy::config(const QString& extra) const
{
    QString config =
        QStringLiteral("[[rollouts.applications]]\nname = \"shop\"\n"
                       "listen = \"127.0.0.1:%1\"\npreview_listen = \"127.0.0.1:%2\"\n")
            .arg(m_live)
            .arg(m_preview);
    if (!m_program.isEmpty()) {
        config += QStringLiteral("blue_command = [\"%1\", \"blue\", \"{port}\"]\n"
                                 "green_command = [\"%1\", \"green\", \"{port}\"]\n"
                                 "first_port = %2\n%3")
                      .arg(m_program)
                      .arg(m_first)
                      .arg(::geteuid() == 0 ? QStringLiteral("run_as = \"root\"\n") : QString());
    }
    return config + extra;
}

pid_t OwnHaproxy::master(const QString& dataDir)
{
    return json(dataDir + QStringLiteral("/rollouts/haproxy/shop/process.json"))
        .value(QStringLiteral("pid"))
        .toInt(-1);
}

QList<pid_t> OwnHaproxy::processes(const QString& dataDir)
{
    QList<pid_t> pids;
    const QJsonObject records =
        json(dataDir + QStringLiteral("/rollouts/processes/shop/processes.json"));
    for (const auto& one : records.value(QStringLiteral("processes")).toArray()) {
        pids << one.toObject().value(QStringLiteral("pid")).toInt(-1);
    }
    return pids;
}

QString OwnHaproxy::map(const QString& dataDir)
{
    return QString::fromUtf8(
        contents(dataDir + QStringLiteral("/rollouts/haproxy/shop/traffic.map")));
}

QString OwnHaproxy::socket(const QString& dataDir)
{
    return dataDir + QStringLiteral("/rollouts/haproxy/shop/socket/haproxy.sock");
}

void OwnHaproxy::killAll(const QString& dataDir)
{
    QList<pid_t> pids = processes(dataDir);
    pids << master(dataDir);
    for (const pid_t pid : std::as_const(pids)) {
        if (pid > 0) {
            ::kill(pid, SIGKILL);
        }
    }
}

QString answerOn(int port, const QByteArray& path, int patience)
{
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(port));
    if (!socket.waitForConnected(patience)) {
        return {};
    }
    socket.write("GET " + path + " HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n");
    QByteArray answer;
    while (!answer.contains("\r\n\r\n") || answer.endsWith("\r\n\r\n")) {
        if (!socket.waitForReadyRead(patience)) {
            break;
        }
        answer += socket.readAll();
    }
    return answer.startsWith("HTTP/1.1 200")
               ? QString::fromUtf8(answer.mid(answer.indexOf("\r\n\r\n") + 4))
               : QString();
}

} // namespace pilothouse::test
