// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connections/Reachability.h"

#include <QLocalSocket>
#include <QTcpSocket>
#include <QTimer>

namespace pilothouse::ui {

void Reachability::ask(const QString& address)
{
    if (address.isEmpty() || m_answers.value(address, Answer::Unknown) != Answer::Unknown) {
        return;
    }
    settle(address, Answer::Asking);
    address.startsWith(QLatin1String("unix:")) ? askSocket(address) : askTcp(address);
}

Reachability::Answer Reachability::answer(const QString& address) const
{
    return m_answers.value(address, Answer::Unknown);
}

void Reachability::askTcp(const QString& address)
{
    const qsizetype colon = address.lastIndexOf(QLatin1Char(':'));
    QString host = address.left(colon);
    if (host.startsWith(QLatin1Char('[')) && host.endsWith(QLatin1Char(']'))) {
        host = host.mid(1, host.size() - 2);
    }
    auto* socket = new QTcpSocket(this);
    const auto done = [this, socket, address](Answer answer) {
        socket->disconnect(this);
        socket->abort();
        socket->deleteLater();
        settle(address, answer);
    };
    connect(socket, &QTcpSocket::connected, this, [done] { done(Answer::Reachable); });
    connect(socket, &QTcpSocket::errorOccurred, this, [done] { done(Answer::Unreachable); });
    QTimer::singleShot(kDeadlineMs, socket, [done] { done(Answer::Unreachable); });
    socket->connectToHost(host, address.mid(colon + 1).toUShort());
}

void Reachability::askSocket(const QString& address)
{
    auto* socket = new QLocalSocket(this);
    const auto done = [this, socket, address](Answer answer) {
        socket->disconnect(this);
        socket->deleteLater();
        settle(address, answer);
    };
    connect(socket, &QLocalSocket::connected, this, [done] { done(Answer::Reachable); });
    connect(socket, &QLocalSocket::errorOccurred, this, [done] { done(Answer::Unreachable); });
    QTimer::singleShot(kDeadlineMs, socket, [done] { done(Answer::Unreachable); });
    socket->connectToServer(address.mid(5));
}

void Reachability::settle(const QString& address, Answer answer)
{
    if (m_answers.value(address, Answer::Unknown) != answer) {
        m_answers.insert(address, answer);
        Q_EMIT changed(address);
    }
}

} // namespace pilothouse::ui
