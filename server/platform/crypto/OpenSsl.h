// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>

namespace pilothouse::platform {

/// OpenSSL's objects with an owner.
template <auto Free>
struct OpenSslFree
{
    template <typename Object>
    void operator()(Object* object) const
    {
        Free(object);
    }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, OpenSslFree<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, OpenSslFree<X509_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, OpenSslFree<X509_EXTENSION_free>>;
using BigNumberPtr = std::unique_ptr<BIGNUM, OpenSslFree<BN_free>>;
using BioPtr = std::unique_ptr<BIO, OpenSslFree<BIO_free_all>>;

/// INTERNAL with `what` and OpenSSL's newest reason; clears its error queue.
absl::Status sslError(const std::string& what);

/// PEM files. Writing replaces the file at once or not at all; a key's file is 0600.
absl::StatusOr<CertificatePtr> readCertificate(const std::filesystem::path& file);
absl::StatusOr<KeyPtr> readKey(const std::filesystem::path& file);
absl::Status writeCertificates(
    const std::filesystem::path& file, std::initializer_list<X509*> certificates);
absl::Status writeKey(const std::filesystem::path& file, EVP_PKEY& key);

} // namespace pilothouse::platform
