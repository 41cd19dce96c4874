// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>
#include <google/protobuf/message.h>

#include <string>

namespace pilothouse {

/// A message as JSON on one line, with the contract's own field names; the same message gives the
/// same text.
std::string toJson(const google::protobuf::Message& message);

/// INTERNAL when the text is not such a message. Fields that a newer server wrote are left out.
absl::Status fromJson(const std::string& text, google::protobuf::Message& message);

} // namespace pilothouse
