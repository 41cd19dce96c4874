// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <string>

namespace pilothouse::test {

struct Issued
{
    std::string certificatePem;
    std::string keyPem;
};

struct CertificateWish
{
    std::string commonName = "pilothoused";
    /// OpenSSL's notation, comma-separated: "DNS:localhost,IP:127.0.0.1".
    std::string alternativeNames = "DNS:localhost,IP:127.0.0.1";
    absl::Time notBefore = absl::Now() - absl::Hours(1);
    absl::Time notAfter = absl::Now() + absl::Hours(24);
    bool isAuthority = false;
    /// Null: signed by itself.
    const Issued* issuer = nullptr;
};

/// A new P-256 key with a certificate as wished.
Issued makeCertificate(const CertificateWish& wish);

} // namespace pilothouse::test
