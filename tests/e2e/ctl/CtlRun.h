// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

#include <memory>

namespace pilothouse::test {

struct CtlResult
{
    /// -1 when it crashed or did not end in time.
    int exitCode = -1;
    QString out;
    QString err;

    /// Standard output as one JSON object; empty when it is none.
    QJsonObject json() const;
};

/// Runs pilothousectl as from a shell without a terminal, with a home of its own.
class CtlRun
{
public:
    CtlRun();
    ~CtlRun();

    /// The server that PILOTHOUSE_SERVER names.
    void setServer(const QString& address);
    void setVariable(const QString& name, const QString& value);
    QString home() const { return m_home; }

    CtlResult run(const QStringList& arguments, const QByteArray& input = {});
    /// Begins it and returns at once; it is killed with the object.
    std::unique_ptr<QProcess> begin(const QStringList& arguments);
    /// The same as `run` by a shell command in which $ctl is the program.
    CtlResult shell(const QString& command);

private:
    void prepare(QProcess& process) const;
    CtlResult start(const QString& program, const QStringList& arguments, const QByteArray& input);

    QString m_home;
    QProcessEnvironment m_environment;
};

} // namespace pilothouse::test
