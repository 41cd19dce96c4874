// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

#include <functional>

namespace pilothouse::test {

/// Spins the event loop until the condition holds or the deadline passes; true when it holds.
bool waitUntil(const std::function<bool()>& condition, int deadlineMs = 15000);

/// Path of one of our programs in this build ("pilothoused").
QString programPath(const QString& name);

struct ProgramResult
{
    /// -1 when it crashed or did not end in time.
    int exitCode = -1;
    QString out;
    QString err;
};

/// Runs one of our programs to its end.
ProgramResult runProgram(const QString& name, const QStringList& arguments, int deadlineMs = 30000);

/// A new empty folder that an unprivileged child (PostgreSQL under a root test) can enter; short
/// enough for unix sockets. Removed when the test program ends; earlier by whoever makes many.
QString makeWorkFolder();

} // namespace pilothouse::test
