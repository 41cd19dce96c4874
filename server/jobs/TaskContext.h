// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Transaction.h"
#include "shared/jobs/Job.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace pilothouse::jobs {

/// One try of one task, as its handler sees it. Thread-safe; valid until JobHandler::run returns.
class TaskContext
{
public:
    virtual ~TaskContext() = default;

    virtual const std::string& jobId() const = 0;
    /// Name of the task in its plan.
    virtual const std::string& task() const = 0;
    virtual const Parameters& parameters() const = 0;
    /// 1 for the first try.
    virtual int attempt() const = 0;

    /// True once the work is not wanted any more: cancelled, out of time, the server stops, or
    /// another server has taken over. Ask often, and then return soon with any error.
    virtual bool isCancelled() const = 0;
    /// Waits; true, and at once, when isCancelled().
    virtual bool waitFor(absl::Duration duration) = 0;

    /// How far it is: "412 of 900 series". Total 0: not known. Cheap; call it as often as you like.
    virtual void progress(std::int64_t done, std::int64_t total, std::string_view unit) = 0;
    /// A line of the job's log; too many too fast are counted and dropped.
    virtual void log(LogLevel level, std::string_view line) = 0;

    /// Leaves something behind, at once and in the place of one with the same name. At most
    /// kLargestArtefact bytes and kMostArtefacts a job. ABORTED when the task is not this try's any
    /// more.
    virtual absl::Status addArtefact(
        std::string_view name, std::string_view mediaType, std::string_view content) = 0;

    /// Kept when the try succeeds, for the tasks that depend on it; at most kLargestResult bytes.
    virtual void setResult(std::string result) = 0;
    /// The result of another task of the job; NOT_FOUND when there is no such task.
    virtual absl::StatusOr<std::string> resultOf(std::string_view task) = 0;

    /// In a transaction that writes to the control database: ABORTED when the task is not this
    /// try's any more; after OK it stays so until the transaction ends.
    virtual absl::Status hold(postgres::Transaction& transaction) = 0;
};

inline constexpr std::size_t kLargestArtefact = 1 << 20;
inline constexpr int kMostArtefacts = 16;
inline constexpr std::size_t kLargestResult = 256 << 10;

} // namespace pilothouse::jobs
