// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/Clock.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <filesystem>
#include <string>

namespace pilothouse::platform {

/// Files of a server's TLS identity.
struct TlsFiles
{
    std::filesystem::path certificate;
    std::filesystem::path key;
    /// The private CA, for clients to trust; empty with an own certificate.
    std::filesystem::path ca;
};

/// Makes a private CA and a server certificate in `folder` (ca.pem, ca.key, server.pem, server.key;
/// keys 0600), or keeps what is there and still good. The server certificate is made anew when it
/// expires within 30 days or was not signed by this CA; both keys are EC P-256. It is valid for
/// this host's name, localhost, 127.0.0.1 and ::1.
absl::StatusOr<TlsFiles> ensureCertificates(
    const std::filesystem::path& folder, const Clock& clock);

/// Checks that certificate and key can be read, belong together and are in date.
absl::Status checkCertificate(
    const std::filesystem::path& certificate, const std::filesystem::path& key, const Clock& clock);

/// SHA-256 of the first certificate in the file, lower-case hex: what the console shows and pins.
absl::StatusOr<std::string> fingerprintOf(const std::filesystem::path& certificate);

} // namespace pilothouse::platform
