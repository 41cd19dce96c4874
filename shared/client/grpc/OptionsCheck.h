// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Connection.h"
#include "shared/client/state/Address.h"

#include <absl/status/statusor.h>

#include <string>

namespace pilothouse::client {

/// The address of options that make sense together; INVALID_ARGUMENT with a hint otherwise.
absl::StatusOr<Address> checkOptions(const ConnectionOptions& options);

/// The token without blanks around it. A header value may only hold visible ASCII: anything else is
/// no token of ours, and gRPC would abort on it, so that it becomes empty.
std::string cleanToken(std::string token);

/// Lower-case hex digits only, as people paste fingerprints with colons and blanks.
std::string cleanFingerprint(const std::string& text);

} // namespace pilothouse::client
