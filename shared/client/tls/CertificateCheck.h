// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Connection.h"

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <string>

namespace pilothouse::client {

/// What to believe of a server's certificate. With a CA, the CA decides (chain, validity and host
/// name), and no pin can override it; without one, the pin decides.
struct TrustPolicy
{
    /// Name or IP literal that the operator asked for.
    std::string host;
    std::string caPem;
    std::string pinnedFingerprint;
};

enum class TrustVerdict {
    Trusted,
    /// No CA and no pin: a person has to look.
    Unknown,
    /// Another certificate than the pinned one: renewed, or an attack.
    Changed,
    /// The CA did not sign it, it is not for this host, it has expired.
    Invalid,
};

struct TrustDecision
{
    TrustVerdict verdict = TrustVerdict::Invalid;
    Certificate offered;
    /// Why it is not trusted and what to do.
    absl::Status why;
};

/// Judges what the server showed in its handshake (PEM, its own certificate first). Thread-safe.
TrustDecision judgeCertificate(
    const std::string& chainPem, const TrustPolicy& policy, absl::Time now);

/// Whether the text is a CA that can be used; says what is wrong with it otherwise.
absl::Status checkCaPem(const std::string& caPem);
/// Whether a client can show itself with this certificate and key; says what is wrong otherwise.
absl::Status checkIdentityPem(const std::string& certificatePem, const std::string& keyPem);

} // namespace pilothouse::client
