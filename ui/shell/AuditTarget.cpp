// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/AuditTarget.h"

namespace pilothouse::ui {

QString auditTargetOf(const QString& kind, const QString& name)
{
    return kind + QLatin1Char('/') + (name.isEmpty() ? QStringLiteral("*") : name);
}

QString nameInTarget(const QString& auditTarget, const QString& kind)
{
    const QString prefix = kind + QLatin1Char('/');
    return auditTarget.startsWith(prefix) ? auditTarget.mid(prefix.size()) : QString();
}

} // namespace pilothouse::ui
