// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>
#include <google/protobuf/message.h>

#include <string>

namespace pilothouse::services {

/// A body that a program sent, in the contract's JSON (its own field names, or lowerCamelCase).
/// INVALID_ARGUMENT for anything that such a message does not have; an empty body is an empty
/// message.
absl::Status parseBody(const std::string& body, google::protobuf::Message& message);

/// {"code": "NOT_FOUND", "message": "…", "hint": "…", "reason": "…"}
std::string errorJson(const absl::Status& status);

/// 404 for NOT_FOUND, 409 for FAILED_PRECONDITION, …
int httpStatusOf(const absl::Status& status);

} // namespace pilothouse::services
