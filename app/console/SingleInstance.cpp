// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/SingleInstance.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <QLocalSocket>

namespace pilothouse::console {

namespace {

/// A console that runs answers at once; one that hangs must not hold up this start for long.
constexpr int kHandOverMs = 500;

} // namespace

SingleInstance::SingleInstance(const QString& folder, QObject* parent)
    : QObject(parent),
      m_name(
          QStringLiteral("pilothouse-") +
          QString::fromLatin1(QCryptographicHash::hash(folder.toUtf8(), QCryptographicHash::Sha256)
                                  .toHex()
                                  .left(16)))
{
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::onConnection);
}

bool SingleInstance::handOver(const QStringList& arguments) const
{
    // Before the first window and event loop, so waiting is right here.
    QLocalSocket socket;
    socket.connectToServer(m_name);
    if (!socket.waitForConnected(kHandOverMs)) {
        return false;
    }
    QDataStream stream(&socket);
    stream << arguments;
    socket.waitForBytesWritten(kHandOverMs);
    return socket.waitForReadyRead(kHandOverMs) && socket.read(1) == "k";
}

void SingleInstance::listen()
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    if (!m_server.listen(m_name)) {
        // Left over from a crash: nobody answered on it.
        QLocalServer::removeServer(m_name);
        m_server.listen(m_name);
    }
}

void SingleInstance::onConnection()
{
    while (QLocalSocket* socket = m_server.nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] {
            if (socket->bytesAvailable() > kLongestMessage) {
                socket->abort();
                return;
            }
            QDataStream stream(socket);
            stream.startTransaction();
            QStringList arguments;
            stream >> arguments;
            if (!stream.commitTransaction()) {
                return;
            }
            socket->write("k");
            socket->disconnectFromServer();
            Q_EMIT argumentsReceived(arguments);
        });
    }
}

} // namespace pilothouse::console
