// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pilothouse::platform {

/// Readies the cryptographic library; false when it has no source of randomness. Call once, first.
bool initCrypto();

/// A new secret of 256 random bits as 43 characters of URL-safe base64.
std::string newToken();
/// `bytes` random bytes as lower-case hex: for identifiers, not for secrets.
std::string newId(std::size_t bytes = 8);
/// A password to print once: 20 characters, without those that look alike.
std::string newPassword();

/// BLAKE2b-256 of a token, as raw bytes: what is stored and looked up, so that a stolen table opens
/// nothing.
std::string hashToken(std::string_view token);
/// Takes the same time wherever the texts differ.
bool equalSecrets(std::string_view left, std::string_view right);

} // namespace pilothouse::platform
