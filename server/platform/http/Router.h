// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pilothouse::platform {

/// One request to the HTTP side. Query and form parameters are decoded, in order, and may repeat.
struct HttpRequest
{
    std::string method;
    std::string path;
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string body;
    std::string accept;
    /// The header as it came. A secret.
    std::string authorization;

    /// The first value, or "".
    std::string_view parameter(std::string_view name) const;
    std::vector<std::string> parametersNamed(std::string_view name) const;
};

struct HttpResponse
{
    int status = 200;
    std::string contentType = "text/plain; charset=utf-8";
    std::string body;
};

/// Answers exactly once, from any thread.
using HttpRespond = std::function<void(HttpResponse)>;
/// Runs on the I/O thread: hand blocking work to an executor.
using HttpHandler = std::function<void(HttpRequest, HttpRespond)>;

/// Paths of the HTTP side. Filled while the server is wired, read-only afterwards.
class Router
{
public:
    /// `path` may hold "{name}" segments, given to the handler as parameters "{name}". GET also
    /// answers HEAD; Prometheus' API registers POST as well.
    void add(std::string method, std::string_view path, HttpHandler handler);

    struct Match
    {
        const HttpHandler* handler = nullptr;
        std::vector<std::pair<std::string, std::string>> pathParameters;
        /// The path exists but not with this method.
        bool wrongMethod = false;
    };
    Match find(std::string_view method, std::string_view path) const;

private:
    struct Route
    {
        std::string method;
        std::vector<std::string> segments;
        HttpHandler handler;
    };
    std::vector<Route> m_routes;
};

} // namespace pilothouse::platform
