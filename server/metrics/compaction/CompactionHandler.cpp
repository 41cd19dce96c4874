// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/compaction/CompactionHandler.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <chrono>
#include <future>

namespace pilothouse::metrics {

namespace {

constexpr auto kPoll = std::chrono::milliseconds(100);
constexpr double kMebibyte = 1 << 20;

jobs::Kind describeKind()
{
    jobs::Kind kind;
    kind.name = "metrics.compact";
    kind.title = "Compact the metrics store";
    kind.description =
        "Applies the retention and writes the store's log afresh and packed: less disk, and less "
        "to read at the server's next start.";
    kind.concurrency = 1;
    kind.cancelConsequence = "A compaction that has begun is finished; nothing is lost either way.";
    return kind;
}

} // namespace

CompactionHandler::CompactionHandler(MetricsStorage& storage)
    : m_storage(storage), m_kind(describeKind())
{}

absl::StatusOr<jobs::JobPlan> CompactionHandler::plan(const jobs::Parameters& /*parameters*/) const
{
    jobs::JobPlan plan;
    plan.title = m_kind.title;
    plan.target = "metrics";
    jobs::TaskPlan task;
    task.name = "compact";
    task.title = "Write the log afresh";
    plan.tasks.push_back(std::move(task));
    return plan;
}

absl::Status CompactionHandler::run(jobs::TaskContext& context)
{
    auto answer = m_storage.compact();
    while (answer.wait_for(kPoll) != std::future_status::ready) {
        if (context.isCancelled()) {
            return absl::CancelledError("the store finishes what it has begun");
        }
    }
    PH_ASSIGN_OR_RETURN(const Compaction done, answer.get());
    context.log(
        jobs::LogLevel::Info,
        fmt::format(
            "{:.1f} MiB on disk, {:.1f} MiB before",
            static_cast<double>(done.after) / kMebibyte,
            static_cast<double>(done.before) / kMebibyte));
    return absl::OkStatus();
}

} // namespace pilothouse::metrics
