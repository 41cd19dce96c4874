// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/http_client/HttpUrl.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pilothouse::platform {

struct HttpGet
{
    std::vector<std::pair<std::string, std::string>> headers;
    /// For everything: name resolution, connecting, TLS, sending and the last byte of the body.
    absl::Duration timeout = absl::Seconds(10);
    /// Of the body, both as sent and when inflated.
    std::size_t bodyLimit = 32UL << 20;

    bool operator==(const HttpGet&) const = default;
};

struct HttpReply
{
    std::string contentType;
    std::string body;
};

/// Fetches pages of one origin over one kept-alive HTTP/1.1 connection, gzip welcome. Any status
/// but 200, a redirect too, is an error: the reader of a metrics page must not be led elsewhere.
/// https is verified against the given certificate authorities, else the system's.
///
/// One request at a time. All calls and callbacks on the thread that runs the io_context;
/// destroying the client drops a request under way without calling back.
class HttpClient
{
public:
    /// The reply's memory is the client's again when the callback returns.
    using Done = std::function<void(const absl::StatusOr<HttpReply>&)>;

    HttpClient(boost::asio::io_context& context, HttpUrl origin, std::filesystem::path caFile = {});
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Calls back exactly once, never before it returns. DEADLINE_EXCEEDED when the time is up,
    /// RESOURCE_EXHAUSTED for a body over the limit, UNAVAILABLE when there is no connection,
    /// FAILED_PRECONDITION for another status than 200, DATA_LOSS for what is not HTTP or not gzip.
    void get(const std::string& target, const HttpGet& request, Done onDone);
    bool isBusy() const;

private:
    class Exchange;
    std::shared_ptr<Exchange> m_exchange;
};

} // namespace pilothouse::platform
