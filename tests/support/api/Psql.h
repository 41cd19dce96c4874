// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/TestServer.h"

#include <QString>

namespace pilothouse::test {

/// Runs SQL in the control database of a server with a private PostgreSQL, past the server: for
/// states that no call of the contract makes. The answer without decoration; on failure `ok` is
/// false and the text says why.
struct SqlResult
{
    bool ok = false;
    QString text;
};
SqlResult runSql(const TestServer& server, const QString& sql);

} // namespace pilothouse::test
