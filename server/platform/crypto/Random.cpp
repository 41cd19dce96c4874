// SPDX-License-Identifier: Apache-2.0
#include "server/platform/crypto/Random.h"

#include <sodium.h>

#include <array>

namespace pilothouse::platform {

namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kPasswordLength = 20;
/// 56 characters: 20 of them hold 116 bits.
constexpr std::string_view kReadable = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

} // namespace

bool initCrypto()
{
    return sodium_init() >= 0;
}

std::string newToken()
{
    std::array<unsigned char, kTokenBytes> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
    text.pop_back(); // the terminating zero
    sodium_memzero(bytes.data(), bytes.size());
    return text;
}

std::string newId(std::size_t bytes)
{
    std::string raw(bytes, '\0');
    randombytes_buf(raw.data(), raw.size());
    std::string text(bytes * 2 + 1, '\0');
    sodium_bin2hex(
        text.data(), text.size(), reinterpret_cast<const unsigned char*>(raw.data()), raw.size());
    text.pop_back();
    return text;
}

std::string newPassword()
{
    std::string text;
    while (text.size() < kPasswordLength) {
        text.push_back(
            kReadable[randombytes_uniform(static_cast<std::uint32_t>(kReadable.size()))]);
    }
    return text;
}

std::string hashToken(std::string_view token)
{
    std::string hash(crypto_generichash_BYTES, '\0');
    crypto_generichash(
        reinterpret_cast<unsigned char*>(hash.data()),
        hash.size(),
        reinterpret_cast<const unsigned char*>(token.data()),
        token.size(),
        nullptr,
        0);
    return hash;
}

bool equalSecrets(std::string_view left, std::string_view right)
{
    return left.size() == right.size() &&
           sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

} // namespace pilothouse::platform
