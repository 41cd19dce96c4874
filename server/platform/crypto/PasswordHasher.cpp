// SPDX-License-Identifier: Apache-2.0
#include "server/platform/crypto/PasswordHasher.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <set>

namespace pilothouse::platform {

namespace {

constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemory = 19U << 20U;
constexpr std::size_t kShortest = 10;
/// argon2 takes any length; a megabyte of password is somebody trying to keep us busy.
constexpr std::size_t kLongest = 1024;
constexpr std::size_t kFewestDifferent = 5;

} // namespace

absl::StatusOr<std::string> PasswordHasher::hash(const std::string& password) const
{
    std::string text(crypto_pwhash_STRBYTES, '\0');
    const int result = crypto_pwhash_str_alg(
        text.data(),
        password.data(),
        password.size(),
        kPasses,
        kMemory,
        crypto_pwhash_ALG_ARGON2ID13);
    if (result != 0) {
        return absl::ResourceExhaustedError("not enough memory to hash a password");
    }
    text.resize(text.find('\0'));
    return text;
}

bool PasswordHasher::verify(const std::string& hash, const std::string& password) const
{
    return password.size() <= kLongest &&
           crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

const std::string& PasswordHasher::decoy() const
{
    static const std::string decoy = hash(std::string(kShortest, 'x')).value_or("");
    return decoy;
}

absl::Status checkPasswordStrength(const std::string& password, const std::string& name)
{
    if (password.size() < kShortest || password.size() > kLongest) {
        return withHint(
            absl::InvalidArgumentError(fmt::format(
                "the password has {} characters, which is not between {} and {}",
                password.size(),
                kShortest,
                kLongest)),
            "Choose a longer one, for example four random words.");
    }
    if (password == name ||
        std::set<char>(password.begin(), password.end()).size() < kFewestDifferent) {
        return withHint(
            absl::InvalidArgumentError("the password is too easy to guess"),
            "Choose another one, for example four random words.");
    }
    return absl::OkStatus();
}

} // namespace pilothouse::platform
