// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/time/time.h>

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace pilothouse::ui {

/// One step of a job.
struct JobStage
{
    enum class State { Waiting, Running, Done, Failed, Skipped };

    QString title;
    State state = State::Waiting;
    /// "attempt 2 of 3", "412 of 1 000"; or empty.
    QString detail;

    bool operator==(const JobStage&) const = default;
};

/// What a job looks like now.
struct JobView
{
    enum class Phase { Queued, Running, Paused, Cancelling, Succeeded, Failed, Cancelled };

    /// Identity: another one starts the estimate over.
    QString id;
    QString title;
    Phase phase = Phase::Queued;
    std::vector<JobStage> stages;
    /// Units done and of how many; no total: how far it is is not known, and is said so.
    double done = 0;
    std::optional<double> total;
    /// What is counted ("tenants"); empty: only the percentage is shown.
    QString unit;
    std::optional<absl::Time> started;
    std::optional<absl::Time> ended;
    /// What it does now, or why it failed and what to do.
    QString message;
    /// Whether Cancel is offered, and what cancelling leaves behind ("Tenants done so far stay
    /// migrated").
    bool canCancel = false;
    QString cancelNote;
    /// The newest lines of its log; the last five are shown.
    QStringList logTail;

    bool operator==(const JobView&) const = default;
};

} // namespace pilothouse::ui
