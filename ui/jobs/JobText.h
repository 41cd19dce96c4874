// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/jobs/Job.h"
#include "shared/jobs/Kind.h"
#include "ui/components/JobView.h"
#include "ui/components/LogLine.h"
#include "ui/components/TableModel.h"
#include "ui/settings/Settings.h"
#include "ui/shell/Confirmation.h"

namespace pilothouse::ui {

Severity severityOf(jobs::JobState state);
QString wordOf(jobs::JobState state);
/// "html": how the file of an artefact ends that may be opened with the system's program for it;
/// empty for what is only saved, because a program could run what is in it.
QString openExtension(const jobs::Artefact& artefact);

/// "62 %", "3 of 7 tasks", or "–" where nothing is known.
QString progressText(const jobs::Job& job);
/// "1 m 40 s" until it is done; empty while nobody can say.
QString remainingText(const jobs::Job& job, absl::Time now);
/// How long it ran or runs; "–" before it started.
QString durationText(const jobs::Job& job, absl::Time now);

std::vector<TableColumn> jobColumns();
TableRow jobRow(const jobs::Job& job, absl::Time now, TimeDisplay display);

/// What JobProgress shows. `kind` may be null while it is not known.
JobView jobViewOf(const jobs::Job& job, const jobs::Kind* kind, const QStringList& logTail);
LogLine logLineOf(const jobs::LogLine& line);

/// The question before a job is cancelled, with what it leaves behind.
Confirmation cancelQuestion(
    const jobs::Job& job, const jobs::Kind* kind, const QString& environment);

} // namespace pilothouse::ui
