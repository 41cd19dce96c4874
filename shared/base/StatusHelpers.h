// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <string_view>

/// Returns the status from the enclosing function unless it is OK.
#define PH_RETURN_IF_ERROR(expression)                                                             \
    do {                                                                                           \
        if (auto phStatus = (expression); !phStatus.ok()) {                                        \
            return phStatus;                                                                       \
        }                                                                                          \
    } while (false)

#define PH_CONCAT_INNER(a, b) a##b
#define PH_CONCAT(a, b) PH_CONCAT_INNER(a, b)

/// PH_ASSIGN_OR_RETURN(auto x, f()): x is f()'s value, or the enclosing function returns f()'s
/// status.
#define PH_ASSIGN_OR_RETURN(declaration, expression)                                               \
    PH_ASSIGN_OR_RETURN_INNER(PH_CONCAT(phStatusOr, __LINE__), declaration, expression)
#define PH_ASSIGN_OR_RETURN_INNER(temporary, declaration, expression)                              \
    auto temporary = (expression);                                                                 \
    if (!temporary.ok()) {                                                                         \
        return temporary.status();                                                                 \
    }                                                                                              \
    declaration = std::move(temporary).value()

namespace pilothouse {

/// The same status with "context: " before its message; payloads are kept.
absl::Status withContext(const absl::Status& status, std::string_view context);

/// A hint says what to do: starts with a verb and ends with a full stop. It travels as a payload
/// and, over gRPC, as error detail.
absl::Status withHint(absl::Status status, std::string_view hint);
std::string hintOf(const absl::Status& status);

/// When to try again, for RESOURCE_EXHAUSTED and UNAVAILABLE.
absl::Status withRetryDelay(absl::Status status, absl::Duration delay);
std::optional<absl::Duration> retryDelayOf(const absl::Status& status);

/// A stable word for programs, upper snake case ("ACCOUNT_LOCKED"); "" when the code says it all.
absl::Status withReason(absl::Status status, std::string_view reason);
std::string reasonOf(const absl::Status& status);

/// Which request failed, as the server's log names it.
absl::Status withRequestId(absl::Status status, std::string_view requestId);
std::string requestIdOf(const absl::Status& status);

/// Message and hint as one text, for a terminal or a dialog.
std::string describe(const absl::Status& status);

} // namespace pilothouse
