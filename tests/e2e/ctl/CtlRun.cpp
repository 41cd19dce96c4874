// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/ctl/CtlRun.h"

#include "tests/support/Programs.h"

#include <QDir>
#include <QJsonDocument>
#include <QProcess>

#include <unistd.h>

namespace pilothouse::test {

namespace {

constexpr int kDeadlineMs = 30000;

} // namespace

QJsonObject CtlResult::json() const
{
    return QJsonDocument::fromJson(out.toUtf8()).object();
}

CtlRun::CtlRun() : m_home(makeWorkFolder())
{
    const auto system = QProcessEnvironment::systemEnvironment();
    m_environment.insert(QStringLiteral("PATH"), system.value(QStringLiteral("PATH")));
    m_environment.insert(QStringLiteral("HOME"), m_home);
    m_environment.insert(QStringLiteral("XDG_CONFIG_HOME"), m_home + QStringLiteral("/config"));
    // Not the workspace of whoever runs the tests.
    m_environment.insert(QStringLiteral("PILOTHOUSE_WORKSPACE"), m_home + QStringLiteral("/none"));
    m_environment.insert(QStringLiteral("ctl"), programPath(QStringLiteral("pilothousectl")));
    // Sanitizers report by their options.
    for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
        const QString key = QString::fromLatin1(name);
        if (system.contains(key)) {
            m_environment.insert(key, system.value(key));
        }
    }
}

CtlRun::~CtlRun()
{
    QDir(m_home).removeRecursively();
}

void CtlRun::setServer(const QString& address)
{
    setVariable(QStringLiteral("PILOTHOUSE_SERVER"), address);
}

void CtlRun::setVariable(const QString& name, const QString& value)
{
    m_environment.insert(name, value);
}

CtlResult CtlRun::run(const QStringList& arguments, const QByteArray& input)
{
    return start(programPath(QStringLiteral("pilothousectl")), arguments, input);
}

CtlResult CtlRun::shell(const QString& command)
{
    return start(QStringLiteral("bash"), {QStringLiteral("-c"), command}, {});
}

std::unique_ptr<QProcess> CtlRun::begin(const QStringList& arguments)
{
    auto process = std::make_unique<QProcess>();
    prepare(*process);
    process->start(programPath(QStringLiteral("pilothousectl")), arguments);
    process->closeWriteChannel();
    return process;
}

void CtlRun::prepare(QProcess& process) const
{
    process.setProcessEnvironment(m_environment);
    // No controlling terminal: whatever would ask a person has to say so instead.
    process.setChildProcessModifier([] { ::setsid(); });
}

CtlResult CtlRun::start(
    const QString& program, const QStringList& arguments, const QByteArray& input)
{
    QProcess process;
    prepare(process);
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    CtlResult result;
    // The event loop runs meanwhile: servers of the test live in it.
    if (waitUntil([&] { return process.state() == QProcess::NotRunning; }, kDeadlineMs) &&
        process.exitStatus() == QProcess::NormalExit) {
        result.exitCode = process.exitCode();
    } else {
        process.kill();
        process.waitForFinished();
    }
    result.out = QString::fromUtf8(process.readAllStandardOutput());
    result.err = QString::fromUtf8(process.readAllStandardError());
    return result;
}

} // namespace pilothouse::test
