// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Call.h"

#include <absl/status/statusor.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace pilothouse::client {

/// Waits for the answer of a call: await<Health>([&](auto done) { return client.getHealth(done);
/// }). Calls have deadlines of their own, so that this ends.
template <typename T>
absl::StatusOr<T> await(const std::function<CallPtr(OnDone<T>)>& start)
{
    std::mutex mutex;
    std::condition_variable done;
    std::optional<absl::StatusOr<T>> answer;
    const CallPtr call = start([&](absl::StatusOr<T> value) {
        const std::lock_guard lock(mutex);
        answer = std::move(value);
        done.notify_all();
    });
    std::unique_lock lock(mutex);
    done.wait(lock, [&] { return answer.has_value(); });
    lock.unlock();
    return std::move(*answer);
}

} // namespace pilothouse::client
