// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <memory>

namespace pilothouse::client {

/// A call or stream under way. Destroying it cancels; afterwards no callback of it starts, and one
/// that is running has ended when the destructor returns (unless the destructor runs inside that
/// callback).
class Call
{
public:
    virtual ~Call() = default;
};

using CallPtr = std::unique_ptr<Call>;

/// The answer of a call that has none.
struct Nothing
{};

/// Receives the answer of one call, exactly once, on a thread of the client: return fast, never
/// block.
template <typename T>
using OnDone = std::function<void(absl::StatusOr<T>)>;

/// Receives each message of a stream, one at a time, on a thread of the client: return fast, never
/// block. Streams reconnect by themselves, resuming where they were; they end only by destroying
/// the Call, or with a status that trying again cannot mend (bad expression, permission), given to
/// OnEnd.
template <typename T>
using OnMessage = std::function<void(T)>;
using OnEnd = std::function<void(absl::Status)>;

} // namespace pilothouse::client
