// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>

#include <filesystem>
#include <string>

namespace pilothouse::platform {

/// A client's TLS that believes the certificate authorities of a PEM file; empty = the system's.
/// FAILED_PRECONDITION when the file has none.
absl::StatusOr<boost::asio::ssl::context> tlsThatBelieves(const std::filesystem::path& caFile);

/// Why a handshake with `host` failed, in words that say what to do about a certificate.
absl::Status refusedHandshake(
    const boost::system::error_code& error, SSL* handshake, const std::string& host);

} // namespace pilothouse::platform
