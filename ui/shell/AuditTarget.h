// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pilothouse::ui {

/// How the audit names things of a kind: "jobs/17"; without a name all of them: "jobs/*".
QString auditTargetOf(const QString& kind, const QString& name);

/// The way back: "17" of "jobs/17"; empty when it is of another kind.
QString nameInTarget(const QString& auditTarget, const QString& kind);

} // namespace pilothouse::ui
