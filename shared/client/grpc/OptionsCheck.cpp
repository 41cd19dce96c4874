// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/OptionsCheck.h"

#include "shared/base/StatusHelpers.h"
#include "shared/client/tls/CertificateCheck.h"

#include <absl/strings/ascii.h>

#include <algorithm>

namespace pilothouse::client {

absl::StatusOr<Address> checkOptions(const ConnectionOptions& options)
{
    PH_ASSIGN_OR_RETURN(Address address, parseAddress(options.address));
    if (!options.caPem.empty()) {
        const absl::Status ca = checkCaPem(options.caPem);
        if (!ca.ok()) {
            return withHint(
                withContext(ca, "CA of the server"),
                "Give a file with one or more PEM certificates.");
        }
    }
    if (options.clientCertificatePem.empty() != options.clientKeyPem.empty()) {
        return withHint(
            absl::InvalidArgumentError(
                "a client certificate needs its key, and a key its certificate"),
            "Give both or neither.");
    }
    if (!options.clientCertificatePem.empty()) {
        const absl::Status identity =
            checkIdentityPem(options.clientCertificatePem, options.clientKeyPem);
        if (!identity.ok()) {
            return withHint(identity, "Give the PEM files of one certificate and its own key.");
        }
    }
    return address;
}

std::string cleanToken(std::string token)
{
    absl::StripAsciiWhitespace(&token);
    const bool isClean = std::ranges::all_of(
        token, [](char character) { return character > ' ' && character < '\x7f'; });
    return isClean ? token : std::string();
}

std::string cleanFingerprint(const std::string& text)
{
    std::string result;
    for (const char character : text) {
        if (absl::ascii_isxdigit(static_cast<unsigned char>(character))) {
            result += absl::ascii_tolower(static_cast<unsigned char>(character));
        }
    }
    return result;
}

} // namespace pilothouse::client
