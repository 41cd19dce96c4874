// SPDX-License-Identifier: Apache-2.0
#include "server/platform/http_client/TlsTrust.h"

#include "shared/base/StatusHelpers.h"

#include <boost/asio/ssl/error.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace pilothouse::platform {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

bool isAboutTheCertificate(const error_code& error)
{
    return error.category() == boost::asio::error::get_ssl_category() &&
           ERR_GET_REASON(static_cast<unsigned long>(error.value())) ==
               SSL_R_CERTIFICATE_VERIFY_FAILED;
}

} // namespace

absl::StatusOr<ssl::context> tlsThatBelieves(const std::filesystem::path& caFile)
{
    ssl::context context(ssl::context::tls_client);
    context.set_verify_mode(ssl::verify_peer);
    error_code error;
    if (caFile.empty()) {
        context.set_default_verify_paths(error);
    } else {
        context.load_verify_file(caFile.string(), error);
    }
    if (error) {
        return absl::FailedPreconditionError(fmt::format(
            "no certificate authorities in {}: {}",
            caFile.empty() ? "the system's folder" : caFile.string(),
            error.message()));
    }
    return context;
}

absl::Status refusedHandshake(const error_code& error, SSL* handshake, const std::string& host)
{
    if (!isAboutTheCertificate(error)) {
        return absl::UnavailableError(fmt::format("cannot agree on TLS: {}", error.message()));
    }
    const long verdict = SSL_get_verify_result(handshake);
    // The chain is good, so it was the name, which OpenSSL did not look at itself.
    if (verdict == X509_V_OK || verdict == X509_V_ERR_UNSPECIFIED) {
        return absl::UnavailableError(fmt::format("the server's certificate is not for {}", host));
    }
    return withHint(
        absl::UnavailableError(fmt::format(
            "the server's certificate is not believed: {}",
            X509_verify_cert_error_string(verdict))),
        "Give the authority that signed it as ca_file.");
}

} // namespace pilothouse::platform
