// SPDX-License-Identifier: Apache-2.0
#include "server/platform/http/Router.h"

#include <algorithm>

namespace pilothouse::platform {

namespace {

std::vector<std::string> split(std::string_view path)
{
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(path.front() == '/' ? 1 : 0);
        const auto end = std::min(path.find('/'), path.size());
        segments.emplace_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

bool isPlaceholder(const std::string& segment)
{
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

} // namespace

std::string_view HttpRequest::parameter(std::string_view name) const
{
    const auto found = std::ranges::find_if(
        parameters, [&](const auto& parameter) { return parameter.first == name; });
    return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<std::string> HttpRequest::parametersNamed(std::string_view name) const
{
    std::vector<std::string> values;
    for (const auto& [key, value] : parameters) {
        if (key == name) {
            values.push_back(value);
        }
    }
    return values;
}

void Router::add(std::string method, std::string_view path, HttpHandler handler)
{
    m_routes.push_back({std::move(method), split(path), std::move(handler)});
}

Router::Match Router::find(std::string_view method, std::string_view path) const
{
    const std::string_view wanted = method == "HEAD" ? "GET" : method;
    const auto segments = split(path);
    Match match;
    for (const Route& route : m_routes) {
        std::vector<std::pair<std::string, std::string>> parameters;
        const bool isHere = std::equal(
            route.segments.begin(),
            route.segments.end(),
            segments.begin(),
            segments.end(),
            [&](const std::string& pattern, const std::string& segment) {
                if (!isPlaceholder(pattern)) {
                    return pattern == segment;
                }
                parameters.emplace_back(pattern, segment);
                return !segment.empty();
            });
        if (!isHere) {
            continue;
        }
        if (route.method == wanted) {
            return {&route.handler, std::move(parameters), false};
        }
        match.wrongMethod = true;
    }
    return match;
}

} // namespace pilothouse::platform
