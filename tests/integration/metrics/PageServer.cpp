// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/metrics/PageServer.h"

#include <QEventLoop>
#include <QHostAddress>
#include <QSemaphore>
#include <QTcpSocket>

namespace pilothouse::test {

PageServer::PageServer()
{
    setPage(QByteArray("ok 1\n"));
    QSemaphore ready;
    m_thread.reset(QThread::create([this, &ready] {
        QTcpServer server;
        server.listen(QHostAddress::LocalHost);
        m_port = server.serverPort();
        serve(server);
        ready.release();
        QEventLoop().exec();
    }));
    m_thread->start();
    ready.acquire();
}

PageServer::~PageServer()
{
    m_thread->quit();
    m_thread->wait();
}

void PageServer::setPage(std::function<QByteArray()> page)
{
    const std::lock_guard lock(m_mutex);
    m_behaviour = {
        [page = std::move(page)]() -> QByteArray {
            const QByteArray body = page();
            return QByteArray("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ") +
                   QByteArray::number(body.size()) + "\r\n\r\n" + body;
        },
        {}};
}

void PageServer::setPage(const QByteArray& page)
{
    setPage([page] { return page; });
}

void PageServer::setRaw(const QByteArray& answer, const QByteArray& endless)
{
    const std::lock_guard lock(m_mutex);
    m_behaviour = {[answer] { return answer; }, endless};
}

void PageServer::setSilent()
{
    setRaw({});
}

PageServer::Behaviour PageServer::behaviour() const
{
    const std::lock_guard lock(m_mutex);
    return m_behaviour;
}

void PageServer::serve(QTcpServer& server)
{
    QObject::connect(&server, &QTcpServer::newConnection, &server, [this, &server] {
        QTcpSocket* const socket = server.nextPendingConnection();
        QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
            if (!socket->peek(1 << 16).contains("\r\n\r\n")) {
                return;
            }
            socket->readAll();
            ++m_requests;
            const Behaviour now = behaviour();
            socket->write(now.answer());
            if (!now.endless.isEmpty()) {
                const auto flood = [socket, endless = now.endless] {
                    if (socket->bytesToWrite() < (1 << 20)) {
                        socket->write(endless);
                    }
                };
                QObject::connect(socket, &QTcpSocket::bytesWritten, socket, flood);
                flood();
            }
        });
    });
}

} // namespace pilothouse::test
