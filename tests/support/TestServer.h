// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QProcess>
#include <QString>
#include <QStringList>

#include <memory>

namespace pilothouse::test {

/// A real pilothoused in a folder of its own, on free ports, with its private PostgreSQL. Stopped
/// and removed with the object.
class TestServer
{
public:
    struct Options
    {
        /// Lines of TOML for the configuration file; empty = no file.
        QString config;
        QStringList extraArguments;
        /// Continue on the data of an earlier server; empty = new. Such a folder is not removed.
        QString folder;
        int startDeadlineMs = 60000;
        /// Where it kills itself, as server/platform/faults/Faults.h says: "jobs.after_cycle=3".
        QString faults = {};
    };

    TestServer();
    explicit TestServer(Options options);
    ~TestServer();
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    /// Starts and waits for the ready line; on failure `log()` says why.
    bool start();
    /// Of the starts after this.
    void setFaults(const QString& faults) { m_options.faults = faults; }
    /// SIGTERM and wait; true when it ended by itself with exit code 0.
    bool stop(int deadlineMs = 15000);
    void kill();
    bool isRunning() const;
    qint64 pid() const;

    QString folder() const { return m_folder; }
    QString dataDir() const { return m_folder + QStringLiteral("/data"); }
    QString grpcAddress() const { return m_grpc; }
    QString httpUrl() const { return QStringLiteral("http://") + m_http; }
    /// "unix:/…/pilothouse.sock": an administrator without sign-in.
    QString socketAddress() const { return QStringLiteral("unix:") + m_socket; }
    QString log() const;

private:
    Options m_options;
    bool m_ownsFolder = false;
    QString m_folder;
    QString m_grpc;
    QString m_http;
    QString m_socket;
    std::unique_ptr<QProcess> m_process;
    QString m_out;
};

} // namespace pilothouse::test
