// SPDX-License-Identifier: Apache-2.0
// Compaction on demand: the storage thread does the same by itself, but only when it pays.
#include "server/metrics/storage/MetricsStorage.h"

#include <utility>

namespace pilothouse::metrics {

namespace {

absl::Status closedError()
{
    return absl::UnavailableError("the metrics store is being closed");
}

} // namespace

std::future<absl::StatusOr<Compaction>> MetricsStorage::compact()
{
    std::promise<absl::StatusOr<Compaction>> promise;
    auto answer = promise.get_future();
    {
        const std::lock_guard lock(m_mutex);
        if (m_isStopping) {
            promise.set_value(closedError());
        } else {
            m_compactions.push_back(std::move(promise));
        }
    }
    m_wake.notify_all();
    return answer;
}

void MetricsStorage::compactIfAsked()
{
    Compactions asked;
    {
        const std::lock_guard lock(m_mutex);
        asked.swap(m_compactions);
    }
    if (asked.empty()) {
        return;
    }
    const absl::StatusOr<Compaction> done = compactNow();
    for (auto& promise : asked) {
        promise.set_value(done);
    }
}

void MetricsStorage::refuseCompactions()
{
    Compactions asked;
    {
        const std::lock_guard lock(m_mutex);
        asked.swap(m_compactions);
    }
    for (auto& promise : asked) {
        promise.set_value(closedError());
    }
}

absl::StatusOr<Compaction> MetricsStorage::compactNow()
{
    if (m_isFailing.load()) {
        return absl::UnavailableError(problem());
    }
    Compaction result;
    measureDisk();
    result.before = diskBytes();
    m_store.maintain();
    absl::Status status = rewriteCatalogue();
    if (status.ok()) {
        status = beginEpoch();
    }
    if (!status.ok()) {
        m_lastTry = m_clock.monotonic();
        fail(status);
        return absl::UnavailableError(problem());
    }
    dropOld();
    measureDisk();
    result.after = diskBytes();
    return result;
}

} // namespace pilothouse::metrics
