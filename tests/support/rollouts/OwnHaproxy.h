// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>

#include <sys/types.h>

namespace pilothouse::test {

/// An application "shop" that a server carries with an HAProxy of its own, on free ports, and what
/// that server leaves running.
class OwnHaproxy
{
public:
    /// `program` is what both sides run; "" = the sides' servers are given in `extra`.
    explicit OwnHaproxy(QString program, int mostInstances = 4);

    int livePort() const { return m_live; }
    int previewPort() const { return m_preview; }
    void movePreview();
    /// The [[rollouts.applications]] table; `extra` are further lines.
    QString config(const QString& extra = {}) const;

    /// HAProxy's master, as the server knows it; -1: none.
    static pid_t master(const QString& dataDir);
    /// The sides' processes that the server knows of.
    static QList<pid_t> processes(const QString& dataDir);
    static QString map(const QString& dataDir);
    static QString socket(const QString& dataDir);
    /// They outlive their server, as they should; not the test.
    static void killAll(const QString& dataDir);

private:
    const QString m_program;
    int m_live = 0;
    int m_preview = 0;
    int m_first = 0;
};

/// What answers GET on the port, "blue 4711"; "" when nothing does, or not with 200.
QString answerOn(int port, const QByteArray& path = "/", int patience = 5000);

} // namespace pilothouse::test
