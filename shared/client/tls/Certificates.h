// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Connection.h"

#include <absl/status/statusor.h>
#include <openssl/types.h>

#include <memory>
#include <string_view>
#include <vector>

namespace pilothouse::client {

struct X509Free
{
    void operator()(X509* certificate) const;
};
using X509Ptr = std::unique_ptr<X509, X509Free>;

/// Every certificate of a PEM text, in its order; INVALID_ARGUMENT when there is none or one is
/// damaged.
absl::StatusOr<std::vector<X509Ptr>> readPem(std::string_view pem);

/// SHA-256 over the DER form, lower-case hex.
std::string fingerprintOf(X509& certificate);

/// What a person needs to judge a certificate; `chain` begins with the server's own.
Certificate describeChain(const std::vector<X509Ptr>& chain);

} // namespace pilothouse::client
