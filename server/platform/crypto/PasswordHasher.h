// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <string>

namespace pilothouse::platform {

/// argon2id with 19 MiB and two passes (OWASP's first choice): about 10 ms of a core each, so it
/// belongs on a small executor of its own. Stateless, thread-safe.
class PasswordHasher
{
public:
    /// In the standard "$argon2id$…" form, which carries its parameters and its salt.
    absl::StatusOr<std::string> hash(const std::string& password) const;
    bool verify(const std::string& hash, const std::string& password) const;
    /// A hash of nothing in particular: verifying against it takes as long as against a real one.
    const std::string& decoy() const;
};

/// Why a password is too weak to be taken, or OK. `name` is whose it is.
absl::Status checkPasswordStrength(const std::string& password, const std::string& name);

} // namespace pilothouse::platform
