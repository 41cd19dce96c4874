// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/LocalWorkspace.h"

#include "ui/session/ChildLifetime.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLocalSocket>
#include <QRegularExpression>
#include <QStandardPaths>

namespace pilothouse::ui {

namespace {

/// A listening unix socket takes a connection at once; this only bounds a host that hangs.
constexpr int kProbeMs = 1000;

} // namespace

QString findBundledProgram(const QString& name)
{
    const QString beside =
        QStandardPaths::findExecutable(name, {QCoreApplication::applicationDirPath()});
    return beside.isEmpty() ? QStandardPaths::findExecutable(name) : beside;
}

LocalWorkspace::LocalWorkspace(Options options, QObject* parent)
    : QObject(parent), m_options(std::move(options))
{
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        if (m_state == State::Starting) {
            fail(withHint(
                absl::DeadlineExceededError("the local server did not become ready in time"),
                "Read its last lines below and try again."));
        } else if (m_state == State::Stopping && m_process) {
            m_process->kill();
        }
    });
}

LocalWorkspace::~LocalWorkspace()
{
    if (m_process) {
        m_process->disconnect(this);
        m_process->kill();
        m_process->waitForFinished(1000);
    }
}

QString LocalWorkspace::socketPath() const
{
    return m_options.dataDir + QStringLiteral("/pilothouse.sock");
}

QString LocalWorkspace::address() const
{
    return QStringLiteral("unix:") + socketPath();
}

void LocalWorkspace::start()
{
    if (m_state == State::Starting || m_state == State::Ready || m_state == State::Stopping) {
        return;
    }
    m_error = absl::OkStatus();
    m_log.clear();
    m_partialLine.clear();
    m_out.clear();
    m_isAdopted = false;
    setState(State::Starting);
    m_deadline.start(m_options.startDeadlineMs);
    probeRunning();
}

void LocalWorkspace::probeRunning()
{
    if (!QFileInfo::exists(socketPath())) {
        launch();
        return;
    }
    auto* socket = new QLocalSocket(this);
    auto* timer = new QTimer(socket);
    timer->setSingleShot(true);
    const auto answer = [this, socket](bool isRunning) {
        socket->disconnect(this);
        socket->deleteLater();
        if (m_state != State::Starting) {
            return;
        }
        if (!isRunning) {
            launch();
            return;
        }
        m_isAdopted = true;
        m_deadline.stop();
        setState(State::Ready);
    };
    connect(socket, &QLocalSocket::connected, this, [answer] { answer(true); });
    connect(socket, &QLocalSocket::errorOccurred, this, [answer] { answer(false); });
    connect(timer, &QTimer::timeout, this, [answer] { answer(false); });
    timer->start(kProbeMs);
    socket->connectToServer(socketPath());
}

void LocalWorkspace::launch()
{
    const QString program = m_options.program.isEmpty()
                                ? findBundledProgram(QStringLiteral("pilothoused"))
                                : m_options.program;
    if (program.isEmpty()) {
        fail(withHint(
            absl::NotFoundError("the bundled server pilothoused is not installed"),
            "Install the package pilothouse-server, or connect to a server elsewhere."));
        return;
    }
    if (!QDir().mkpath(m_options.dataDir)) {
        fail(withHint(
            absl::PermissionDeniedError(
                fmt::format("cannot create the folder {}", m_options.dataDir.toStdString())),
            "Check that its parent folder is writable and has space."));
        return;
    }
    m_process = std::make_unique<QProcess>();
    tieToParent(*m_process);
    connect(m_process.get(), &QProcess::readyReadStandardOutput, this, &LocalWorkspace::readOutput);
    connect(m_process.get(), &QProcess::readyReadStandardError, this, [this] {
        appendLog(m_process->readAllStandardError());
    });
    connect(m_process.get(), &QProcess::finished, this, &LocalWorkspace::onFinished);
    connect(m_process.get(), &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            fail(absl::UnavailableError(fmt::format(
                "cannot start {}: {}",
                m_process->program().toStdString(),
                m_process->errorString().toStdString())));
        }
    });
    m_process->start(
        program,
        QStringList{
            QStringLiteral("run"),
            QStringLiteral("--data-dir"),
            m_options.dataDir,
            QStringLiteral("--grpc-listen"),
            QStringLiteral("127.0.0.1:0"),
            QStringLiteral("--http-listen"),
            QStringLiteral("127.0.0.1:0")} +
            m_options.extraArguments);
}

void LocalWorkspace::readOutput()
{
    const QByteArray bytes = m_process->readAllStandardOutput();
    if (m_state != State::Starting) {
        return;
    }
    m_out += bytes;
    static const QRegularExpression ready(
        QStringLiteral("(^|\\n)ready grpc=\\S+ http=\\S+ socket=\\S+"));
    if (ready.match(QString::fromUtf8(m_out)).hasMatch()) {
        m_out.clear();
        m_deadline.stop();
        setState(State::Ready);
    }
}

void LocalWorkspace::appendLog(const QByteArray& bytes)
{
    m_partialLine += bytes;
    int end = 0;
    while ((end = static_cast<int>(m_partialLine.indexOf('\n'))) >= 0) {
        m_log.append(QString::fromUtf8(m_partialLine.left(end)));
        m_partialLine.remove(0, end + 1);
    }
    while (m_log.size() > kLogLines) {
        m_log.removeFirst();
    }
    Q_EMIT logChanged();
}

void LocalWorkspace::onFinished(int exitCode, QProcess::ExitStatus exitStatus)
{
    appendLog(m_process->readAllStandardError() + '\n');
    m_process.release()->deleteLater();
    if (m_state == State::Stopping) {
        m_deadline.stop();
        setState(State::Stopped);
        return;
    }
    if (m_state == State::Failed) {
        return;
    }
    const std::string how = exitStatus == QProcess::CrashExit
                                ? std::string("was ended by a signal")
                                : fmt::format("ended with exit code {}", exitCode);
    fail(withHint(
        absl::UnavailableError(fmt::format("the local server {}", how)),
        "Read its last lines below and start it again."));
}

void LocalWorkspace::stop()
{
    if (m_process && m_process->state() != QProcess::NotRunning) {
        setState(State::Stopping);
        m_deadline.start(m_options.stopDeadlineMs);
        m_process->terminate();
        return;
    }
    m_deadline.stop();
    m_isAdopted = false;
    setState(State::Stopped);
}

void LocalWorkspace::fail(const absl::Status& error)
{
    m_deadline.stop();
    m_error = error;
    if (m_process && m_process->state() != QProcess::NotRunning) {
        m_process->kill();
    }
    setState(State::Failed);
}

void LocalWorkspace::setState(State state)
{
    if (state != m_state) {
        m_state = state;
        Q_EMIT stateChanged();
    }
}

} // namespace pilothouse::ui
