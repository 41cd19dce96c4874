// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocalServer>
#include <QObject>
#include <QStringList>

namespace pilothouse::console {

/// One console a user (and settings folder): a second start hands its arguments to the first and
/// ends. Only the same user can reach it.
class SingleInstance : public QObject
{
    Q_OBJECT

public:
    /// Longest message taken from a second start.
    static constexpr qint64 kLongestMessage = qint64{16} * 1024;

    explicit SingleInstance(const QString& folder, QObject* parent = nullptr);

    /// True when another console runs and has taken the arguments.
    bool handOver(const QStringList& arguments) const;
    /// Becomes the one that others hand over to.
    void listen();

Q_SIGNALS:
    void argumentsReceived(const QStringList& arguments);

private:
    void onConnection();

    QString m_name;
    QLocalServer m_server;
};

} // namespace pilothouse::console
