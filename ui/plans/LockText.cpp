// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plans/LockText.h"

#include "ui/components/Format.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

class LockWords
{
    Q_DECLARE_TR_FUNCTIONS(WriteLock)
};

QString withKey(const QString& text, const QString& key)
{
    return key.isEmpty() ? text : QString(text + QStringLiteral("  ") + key);
}

} // namespace

std::optional<BandLock> describeLock(
    const plans::Safety& safety, absl::Time serverNow, const QString& key)
{
    if (!safety.needsLease) {
        return std::nullopt;
    }
    if (!safety.lease) {
        return BandLock{
            QStringLiteral("lock"),
            LockWords::tr("Read-only"),
            key,
            withKey(
                LockWords::tr("Writes are locked here. Unlock them for a while, with a reason."),
                key)};
    }
    const absl::Duration left =
        std::max(absl::ZeroDuration(), safety.lease->expireTime - serverNow);
    // Whole seconds: a countdown that shows 14.6 s is none.
    const double seconds = std::ceil(absl::ToDoubleSeconds(left));
    return BandLock{
        QStringLiteral("lock-open"),
        LockWords::tr("Writes unlocked"),
        LockWords::tr("%1 left").arg(formatDuration(seconds)),
        withKey(
            LockWords::tr("Reason: %1. Lock writes again now.")
                .arg(QString::fromStdString(safety.lease->reason)),
            key),
        left <= kLeaseFirstWarning};
}

QString leaseWarning(absl::Duration before, absl::Duration now)
{
    const auto passed = [&](absl::Duration mark) { return before > mark && now <= mark; };
    if (now <= absl::ZeroDuration()) {
        return before > absl::ZeroDuration() ? LockWords::tr("Writes are locked again.")
                                             : QString();
    }
    if (passed(kLeaseLastWarning)) {
        return LockWords::tr("Writes lock again in 30 seconds.");
    }
    if (passed(kLeaseFirstWarning)) {
        return LockWords::tr("Writes lock again in 2 minutes.");
    }
    return {};
}

} // namespace pilothouse::ui
