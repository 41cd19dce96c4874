// SPDX-License-Identifier: Apache-2.0
#include "server/platform/http/HttpGuard.h"

#include "server/platform/crypto/Random.h"
#include "server/platform/http/HttpMessage.h"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace pilothouse::platform {

namespace {

constexpr std::string_view kBearer = "Bearer ";

/// Load balancers and kubelets call these by any name and without a token; they tell nothing.
bool isProbe(std::string_view path)
{
    return path == "/healthz" || path == "/readyz";
}

HttpResponse refusal(int status, std::string reason)
{
    return {status, "text/plain; charset=utf-8", std::move(reason) + "\n"};
}

bool isAddress(const std::string& host)
{
    boost::system::error_code error;
    boost::asio::ip::make_address(host, error);
    return !error;
}

std::string hostOfOrigin(std::string_view origin)
{
    const auto scheme = origin.find("://");
    return scheme == std::string_view::npos ? std::string() : hostOf(origin.substr(scheme + 3));
}

} // namespace

HttpGuard::HttpGuard(Rules rules) : m_rules(std::move(rules))
{
    for (std::string& host : m_rules.hosts) {
        host = hostOf(host);
    }
}

std::optional<HttpResponse> HttpGuard::refuse(std::string_view path, const Headers& headers) const
{
    if (isProbe(path)) {
        return std::nullopt;
    }
    const std::string host = hostOf(headers.host);
    if (!isOurs(host)) {
        return refusal(
            421,
            "this server is not called by that name; add it to http.allowed_hosts if it should be");
    }
    const bool isForeign = !headers.origin.empty() && hostOfOrigin(headers.origin) != host;
    if (isForeign || headers.fetchSite == "cross-site") {
        return refusal(403, "pages of other sites may not use this server");
    }
    if (m_rules.token.empty() || isForOperators(path, headers.method)) {
        return std::nullopt;
    }
    if (!headers.authorization.starts_with(kBearer) ||
        !equalSecrets(headers.authorization.substr(kBearer.size()), m_rules.token)) {
        return refusal(401, "this needs the bearer token of http.token_file");
    }
    return std::nullopt;
}

bool HttpGuard::isForOperators(std::string_view path, std::string_view method) const
{
    return method != "GET" && method != "HEAD" && !method.empty() &&
           std::ranges::any_of(m_rules.operatorPaths, [&](const std::string& begin) {
               return path.starts_with(begin);
           });
}

bool HttpGuard::isOurs(const std::string& host) const
{
    // A name can be made to point anywhere by whoever owns it; an address is what it says.
    return host == "localhost" || isAddress(host) || std::ranges::count(m_rules.hosts, host) > 0;
}

} // namespace pilothouse::platform
