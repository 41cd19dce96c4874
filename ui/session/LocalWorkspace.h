// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/status/status.h>

#include <QObject>
#include <QProcess>
#include <QStringList>
#include <QTimer>

#include <memory>

namespace pilothouse::ui {

/// The server that comes with the console, run as its child with a data folder of its own. A server
/// that runs on that folder already is used as it is and left running. GUI thread only; nothing
/// blocks.
class LocalWorkspace : public QObject
{
    Q_OBJECT

public:
    enum class State { Stopped, Starting, Ready, Stopping, Failed };

    struct Options
    {
        /// Path of pilothoused; empty: beside this program, then in PATH.
        QString program;
        QString dataDir;
        QStringList extraArguments;
        int startDeadlineMs = 90000;
        int stopDeadlineMs = 20000;
    };

    explicit LocalWorkspace(Options options, QObject* parent = nullptr);
    /// Ends a child that still runs, hard; call `stop` and wait for Stopped before, in good times.
    ~LocalWorkspace() override;

    State state() const { return m_state; }
    /// "unix:/…/pilothouse.sock"; meaningful when Ready.
    QString address() const;
    /// Ready, but not started by this console.
    bool isAdopted() const { return m_isAdopted; }
    /// Why it Failed and what to do.
    const absl::Status& error() const { return m_error; }
    /// Newest lines of the server's log, oldest first, at most kLogLines.
    const QStringList& log() const { return m_log; }
    QString dataDir() const { return m_options.dataDir; }

    void start();
    /// Stopped follows; at once for one that was adopted.
    void stop();

Q_SIGNALS:
    void stateChanged();
    void logChanged();

private:
    static constexpr int kLogLines = 200;

    void probeRunning();
    void launch();
    void readOutput();
    void appendLog(const QByteArray& bytes);
    void onFinished(int exitCode, QProcess::ExitStatus exitStatus);
    void fail(const absl::Status& error);
    void setState(State state);
    QString socketPath() const;

    Options m_options;
    State m_state = State::Stopped;
    bool m_isAdopted = false;
    absl::Status m_error;
    QStringList m_log;
    QByteArray m_partialLine;
    QByteArray m_out;
    QTimer m_deadline;
    std::unique_ptr<QProcess> m_process;
};

/// The program's path: beside the running program, else in PATH; empty when there is none.
QString findBundledProgram(const QString& name);

} // namespace pilothouse::ui
